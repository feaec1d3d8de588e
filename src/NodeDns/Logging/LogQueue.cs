using System;
using System.Buffers;
using System.IO;
using System.Text;
using System.Threading;
using NodeDns.Timing;

namespace NodeDns.Logging;

/// <summary>The one thread that writes the log; everybody else puts lines into a bounded ring and goes on.</summary>
/// <remarks>
/// A reader of our output that stalls must not stop a worker: when a ring is full the line is dropped and counted,
/// and the count is said once there is room again. Info goes to standard output, warnings and errors to standard error.
/// </remarks>
internal sealed class LogQueue : IDisposable
{
    private readonly record struct Line(LogLevel Level, string Text);

    private struct QueryLine
    {
        public QueryLogFormat Format;
        public QueryLogEntry Entry;
    }

    private readonly LogRing<Line> _lines = new(LogLimits.TextLines);
    private readonly ArrayBufferWriter<byte> _output = new(LogLimits.WriteBytes);
    private readonly ArrayBufferWriter<byte> _errors = new(LogLimits.WriteBytes);
    private readonly Stream _outputStream;
    private readonly Stream _errorStream;
    private readonly Clock _clock;
    private readonly bool _isJson;
    private readonly LogCauses _causes;
    private readonly ArrayBufferWriter<byte> _query = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly Thread _thread;
    private volatile LogRing<QueryLine>? _queries;
    private volatile bool _stopping;
    private int _asleep;
    private long _dropped;
    private long _droppedReported;
    private long _nextDropReport;

    public LogQueue(Clock clock, LogFormat format)
        : this(
            clock, Console.OpenStandardOutput(), Console.OpenStandardError(),
            format == LogFormat.Json || (format == LogFormat.Auto && Console.IsOutputRedirected))
    {
    }

    public LogQueue(Clock clock, Stream output, Stream errors, bool isJson = false)
    {
        _clock = clock;
        _isJson = isJson;
        _causes = new LogCauses(clock);
        _outputStream = output;
        _errorStream = errors;
        Recent = new RecentErrors(clock);
        Log = new Log(WriteLimited, Write);
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    public Log Log { get; }

    /// <summary>Warnings and errors for those who look later; failed questions come there by themselves, without names.</summary>
    public RecentErrors Recent { get; }

    /// <summary>Lines that found their ring full or the output broken, since the start.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Makes room for query log entries; from then on the writer looks for them by itself.</summary>
    public void OpenQueryLog()
    {
        if (_queries is null)
        {
            Interlocked.CompareExchange(ref _queries, new LogRing<QueryLine>(LogLimits.QueryEntries), null);
            _wake.Set();
        }
    }

    /// <summary>Queues one entry; false and counted when the ring is full or was never opened.</summary>
    /// <remarks>Wakes nobody: the writer comes every few milliseconds, so that a busy worker makes no system call.</remarks>
    public bool TryWrite(QueryLogFormat format, in QueryLogEntry entry)
    {
        bool queued = _queries is { } ring && ring.TryEnqueue(new QueryLine { Format = format, Entry = entry });
        if (!queued)
        {
            Interlocked.Increment(ref _dropped);
        }

        return queued;
    }

    /// <summary>Waits until all that was queued before the call is written, at most as long as given.</summary>
    public bool Flush(TimeSpan timeout)
    {
        long lines = _lines.Enqueued;
        long queries = _queries?.Enqueued ?? 0;
        return SpinWait.SpinUntil(
            () => _lines.Released >= lines && (_queries?.Released ?? 0) >= queries, timeout);
    }

    /// <summary>Writes what is queued and ends the thread; gives up after two seconds of a stalled reader.</summary>
    public void Dispose()
    {
        _stopping = true;
        _wake.Set();
        if (_thread.Join(TimeSpan.FromSeconds(2)))
        {
            _wake.Dispose();
        }
    }

    /// <summary>Of what comes in masses for one reason, a part is written and the rest counted.</summary>
    private void WriteLimited(LogLevel level, string text)
    {
        if (_causes.TryTake(text))
        {
            Write(level, text);
        }
        else
        {
            // The writer looks for what is held back from time to time; it may be asleep for good.
            Wake();
        }
    }

    private void Write(LogLevel level, string text)
    {
        if (level != LogLevel.Info && !text.StartsWith(ErrorLog.Source, StringComparison.Ordinal))
        {
            Recent.Add(level, text);
        }

        if (!_lines.TryEnqueue(new Line(level, text)))
        {
            Interlocked.Increment(ref _dropped);
            return;
        }

        Wake();
    }

    private void Wake()
    {
        // ORDERING: a full fence between the enqueue and the look at the flag. The writer raises the flag, fences and
        // then looks into the ring, so at least one of the two sees the other.
        Interlocked.MemoryBarrier();
        if (_asleep == 1 && Interlocked.Exchange(ref _asleep, 0) == 1)
        {
            _wake.Set();
        }
    }

    private void Run()
    {
        while (true)
        {
            bool stopping = _stopping;
            if (Drain())
            {
                continue;
            }

            if (stopping)
            {
                return;
            }

            Interlocked.Exchange(ref _asleep, 1);
            if (_lines.IsEmpty)
            {
                _wake.WaitOne(SleepMilliseconds());
            }

            Volatile.Write(ref _asleep, 0);
        }
    }

    private int SleepMilliseconds()
    {
        if (_queries is not null)
        {
            return LogLimits.QueryPollMilliseconds;
        }

        return Dropped == _droppedReported && !_causes.HoldsBack ? Timeout.Infinite : (int)LogLimits.DropReportInterval.TotalMilliseconds;
    }

    /// <summary>Writes what is there, about one buffer of each output at most. False when there was nothing.</summary>
    private bool Drain()
    {
        ReportDrops();
        ReportHeldBack();
        long taken = 0;
        while (HasRoom(_output) && HasRoom(_errors) && _lines.TryDequeue(out Line line))
        {
            Append(line.Level == LogLevel.Info ? _output : _errors, line.Level, line.Text);
            taken++;
        }

        long queries = DrainQueries();
        bool any = _output.WrittenCount + _errors.WrittenCount > 0;
        WriteOut(_output, _outputStream);
        WriteOut(_errors, _errorStream);
        _lines.Release(taken);
        _queries?.Release(queries);
        return any;
    }

    private long DrainQueries()
    {
        long taken = 0;
        while (HasRoom(_output) && _queries is { } ring && ring.TryDequeue(out QueryLine line))
        {
            if (_isJson)
            {
                _query.ResetWrittenCount();
                line.Format.Write(line.Entry, _query);
                JsonLine.Write(_output, LogLevel.Info, "query", _query.WrittenSpan);
            }
            else
            {
                _output.Write("[INFO] "u8);
                line.Format.Write(line.Entry, _output);
                _output.Write("\n"u8);
            }

            taken++;
        }

        return taken;
    }

    private void ReportDrops()
    {
        long dropped = Dropped;
        if (dropped == _droppedReported || _clock.NowMilliseconds < _nextDropReport)
        {
            return;
        }

        Append(_errors, LogLevel.Warning, $"log: {dropped - _droppedReported} lines dropped, the reader of the log is too slow");
        _droppedReported = dropped;
        _nextDropReport = _clock.NowMilliseconds + (long)LogLimits.DropReportInterval.TotalMilliseconds;
    }

    private static bool HasRoom(ArrayBufferWriter<byte> buffer) => buffer.WrittenCount < LogLimits.WriteBytes;

    private void Append(ArrayBufferWriter<byte> buffer, LogLevel level, string text)
    {
        if (_isJson)
        {
            JsonLine.Write(buffer, level, "server", Encoding.ASCII.GetBytes(LogLine.Clean(text)));
            return;
        }

        Encoding.ASCII.GetBytes(LogLine.Format(level, text), buffer);
        buffer.Write("\n"u8);
    }

    private void ReportHeldBack()
    {
        while (_causes.TryReport(out string text))
        {
            Append(_errors, LogLevel.Warning, text);
        }
    }

    private void WriteOut(ArrayBufferWriter<byte> buffer, Stream stream)
    {
        if (buffer.WrittenCount == 0)
        {
            return;
        }

        try
        {
            stream.Write(buffer.WrittenSpan);
            stream.Flush();
        }
        catch (Exception broken) when (broken is IOException or ObjectDisposedException or UnauthorizedAccessException)
        {
            // Nobody reads us any more. That is no reason to stop answering questions.
            Interlocked.Add(ref _dropped, buffer.WrittenSpan.Count((byte)'\n'));
        }

        buffer.ResetWrittenCount();
    }
}
