using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using NodeDns.Config.Values;

namespace NodeDns.Cli;

/// <summary>The values of flags as people write them: numbers, sizes, durations, addresses.</summary>
internal static class FlagValues
{
    public static bool TryReadNumber(string text, int least, int most, out int number, out string error)
    {
        bool good = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
            && number >= least && number <= most;
        error = good ? "" : $"expected a number from {least} to {most}";
        return good;
    }

    /// <summary>Bytes, or a number with K, M or G (also KiB, MB, ...), all powers of 1024.</summary>
    public static bool TryReadSize(string text, long least, long most, out long bytes, out string error)
    {
        string upper = text.ToUpperInvariant();
        string digits = new([.. upper.TakeWhile(char.IsAsciiDigit)]);
        int shift = upper[digits.Length..] switch
        {
            "" or "B" => 0,
            "K" or "KB" or "KIB" or "KI" => 10,
            "M" or "MB" or "MIB" or "MI" => 20,
            "G" or "GB" or "GIB" or "GI" => 30,
            _ => -1,
        };
        bytes = 0;
        bool good = shift >= 0
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bytes)
            && bytes <= most >> shift;
        bytes = good ? bytes << shift : 0;
        good = good && bytes >= least;
        error = good ? "" : $"expected a size such as 32MiB, from {Show(least)} to {Show(most)}";
        return good;
    }

    /// <summary>A duration with its unit, a bare number of seconds, or node-cache's way of writing seconds as ns.</summary>
    public static bool TryReadInterval(string text, out TimeSpan interval, out string error)
    {
        // node-cache multiplies this flag's nanoseconds by a second, so its users write -syncinterval=30ns for 30 s.
        string number = text.EndsWith("ns", StringComparison.Ordinal) ? text[..^2] : text;
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds))
        {
            interval = TimeSpan.FromSeconds(seconds);
        }
        else if (!GoDuration.TryParse(text, out interval, out _))
        {
            interval = TimeSpan.Zero;
        }

        bool good = interval >= TimeSpan.FromSeconds(1) && interval <= TimeSpan.FromDays(1);
        error = good ? "" : "expected an interval from 1s to 24h";
        return good;
    }

    /// <summary>One of an enum's names, in lower case.</summary>
    public static bool TryReadWord<TEnum>(string text, out TEnum word, out string error)
        where TEnum : struct, Enum
    {
        string[] names = [.. Enum.GetNames<TEnum>().Select(name => name.ToLowerInvariant())];
        int index = Array.IndexOf(names, text);
        word = index < 0 ? default : Enum.GetValues<TEnum>()[index];
        error = index < 0 ? $"expected {string.Join(", ", names)}" : "";
        return index >= 0;
    }

    /// <summary>Addresses separated by commas.</summary>
    public static bool TryReadAddresses(string text, out ImmutableArray<IPAddress> addresses, out string error)
    {
        ImmutableArray<IPAddress>.Builder found = ImmutableArray.CreateBuilder<IPAddress>();
        foreach (string part in text.Split(',').Select(part => part.Trim()))
        {
            if (!AddressText.TryParse(part, out IPAddress address))
            {
                addresses = [];
                error = $"invalid localip specified - \"{part}\"; expected IP addresses separated by commas";
                return false;
            }

            if (Unusable(address) is { } why)
            {
                addresses = [];
                error = $"invalid localip specified - \"{part}\": {why}";
                return false;
            }

            if (!found.Contains(address))
            {
                found.Add(address);
            }
        }

        addresses = found.ToImmutable();
        error = "";
        return true;
    }

    /// <summary>Why an address cannot be one of a cache on a node; null when it can.</summary>
    private static string? Unusable(IPAddress address) => address switch
    {
        _ when address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) => "all addresses are not one of them",
        { IsIPv6Multicast: true } => "it is a multicast address",
        { IsIPv6LinkLocal: true } => "an IPv6 link-local address is not one without its zone; take a unique-local one (fd00::/8)",
        { IsIPv4MappedToIPv6: true } => "write the IPv4 address itself",
        { AddressFamily: AddressFamily.InterNetwork } when address.GetAddressBytes()[0] is 0 or >= 224 =>
            "it is a multicast or reserved address",
        _ => null,
    };

    /// <summary>[ADDRESS]:PORT; no address means all.</summary>
    public static bool TryReadEndPoint(string text, out string error)
    {
        bool good = AddressText.TrySplitHostPort(text, out string host, out string port)
            && AddressText.TryParsePort(port, out _)
            && (host.Length == 0 || AddressText.TryParse(host, out _));
        error = good ? "" : "expected ADDRESS:PORT or :PORT";
        return good;
    }

    private static string Show(long bytes) =>
        bytes >= 1L << 30 ? $"{bytes >> 30}GiB" : $"{bytes >> 20}MiB";
}
