using System;
using System.IO;
using System.Threading;
using NodeDns.Logging;
using NodeDns.Sources;

namespace NodeDns.Rewriting;

/// <summary>The file behind loadbalance weighted: read at start, and again when it changes.</summary>
/// <remarks>Workers read <see cref="Table"/>; <see cref="RefreshIfDue"/> belongs to one control-plane thread.</remarks>
internal sealed class WeightFile
{
    private readonly string _path;
    private readonly TimeSpan _reload;
    private readonly Log _log;
    private HostsFile.Stamp? _stamp;
    private WeightTable _table = WeightTable.Empty;
    private long _nextLook;

    public WeightFile(string path, TimeSpan reload, Log log, long now)
    {
        _path = path;
        _reload = reload;
        _log = log;
        _nextLook = now + (long)reload.TotalMilliseconds;
        _stamp = HostsFile.TryStamp(path);
        Error = TryLoad();
    }

    /// <summary>What was wrong with the file when the server started; null when nothing was.</summary>
    public string? Error { get; }

    // ORDERING: acquires a table that was complete before it was published.
    public WeightTable Table => Volatile.Read(ref _table);

    /// <summary>Looks at the file when its time has come; a bad file changes nothing.</summary>
    public bool RefreshIfDue(long now)
    {
        if (_reload <= TimeSpan.Zero || now < _nextLook)
        {
            return false;
        }

        _nextLook = now + (long)_reload.TotalMilliseconds;
        HostsFile.Stamp? stamp = HostsFile.TryStamp(_path);
        if (stamp is null || stamp == _stamp)
        {
            return false;
        }

        _stamp = stamp;
        string? error = TryLoad();
        if (error is not null)
        {
            _log.Warning($"loadbalance: {error}; the old weights stay");
        }

        return error is null;
    }

    private string? TryLoad()
    {
        if (_stamp is null)
        {
            // As in CoreDNS a missing file is waited for, if it is looked for again.
            _log.Warning($"loadbalance: {_path}: no such file");
            return _reload > TimeSpan.Zero ? null : $"{_path}: no such file";
        }

        try
        {
            if (!WeightTable.TryParse(File.ReadLines(_path), out WeightTable table, out string error))
            {
                return $"{_path}: {error}";
            }

            // ORDERING: releases the finished table to the workers.
            Volatile.Write(ref _table, table);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return $"{_path}: {failure.Message}";
        }
    }
}
