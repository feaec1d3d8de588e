using System.Buffers.Binary;
using System.Linq;
using System.Net;
using System.Text;

namespace NodeDns.TestKit;

/// <summary>A question as text.</summary>
public sealed record DnsQuestion(string Name, ushort Type, ushort Class = RrClass.In);

/// <summary>One record; names inside the data are stored uncompressed.</summary>
public sealed record DnsRecord(string Name, ushort Type, ushort Class, uint Ttl, byte[] Data)
{
    /// <summary>The address of an A or AAAA record as text.</summary>
    public string Address => new IPAddress(Data).ToString();

    /// <summary>The name in the data of CNAME, NS, PTR or DNAME.</summary>
    public string Target
    {
        get
        {
            int offset = 0;
            return DnsName.Read(Data, ref offset);
        }
    }

    /// <summary>The strings of a TXT record, joined.</summary>
    public string Text
    {
        get
        {
            var text = new StringBuilder();
            for (int i = 0; i < Data.Length; i += 1 + Data[i])
            {
                text.Append(Encoding.ASCII.GetString(Data, i + 1, Data[i]));
            }

            return text.ToString();
        }
    }

    public static DnsRecord A(string name, string address, uint ttl = 300) =>
        new(name, RrType.A, RrClass.In, ttl, IPAddress.Parse(address).GetAddressBytes());

    public static DnsRecord Aaaa(string name, string address, uint ttl = 300) =>
        new(name, RrType.Aaaa, RrClass.In, ttl, IPAddress.Parse(address).GetAddressBytes());

    public static DnsRecord Cname(string name, string target, uint ttl = 300) =>
        new(name, RrType.Cname, RrClass.In, ttl, DnsName.ToWire(target));

    public static DnsRecord Ns(string name, string target, uint ttl = 300) =>
        new(name, RrType.Ns, RrClass.In, ttl, DnsName.ToWire(target));

    public static DnsRecord Mx(string name, ushort preference, string target, uint ttl = 300) =>
        new(name, RrType.Mx, RrClass.In, ttl, [.. Number(preference), .. DnsName.ToWire(target)]);

    public static DnsRecord Txt(string name, string text, uint ttl = 300) =>
        new(name, RrType.Txt, RrClass.In, ttl, [.. Encoding.ASCII.GetBytes(text).Chunk(255).SelectMany(AsString)]);

    public static DnsRecord Soa(string zone, uint ttl, uint minimum) =>
        new(zone, RrType.Soa, RrClass.In, ttl,
        [
            .. DnsName.ToWire("ns." + Below(zone)), .. DnsName.ToWire("hostmaster." + Below(zone)),
            .. Number(1u), .. Number(3600u), .. Number(600u), .. Number(86400u), .. Number(minimum),
        ]);

    public static DnsRecord Unknown(string name, ushort type, byte[] data, uint ttl = 300) =>
        new(name, type, RrClass.In, ttl, data);

    /// <summary>An RRSIG that covers a type; its signature is noise, its dates are 2020 to 2100.</summary>
    public static DnsRecord Rrsig(string name, ushort covered, uint ttl = 300) =>
        new(name, RrType.Rrsig, RrClass.In, ttl,
        [
            .. Number(covered), 13, 2, .. Number(ttl), .. Number(4102444800u), .. Number(1577836800u),
            .. Number((ushort)4711), .. DnsName.ToWire("example."), .. Enumerable.Repeat((byte)0x5A, 64),
        ]);

    public static DnsRecord Nsec(string name, string next, uint ttl = 300) =>
        new(name, RrType.Nsec, RrClass.In, ttl, [.. DnsName.ToWire(next), 0, 6, 0x40, 0, 0, 0, 0, 3]);

    internal static byte[] Number(ushort value)
    {
        byte[] bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return bytes;
    }

    internal static byte[] Number(uint value)
    {
        byte[] bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        return bytes;
    }

    private static byte[] AsString(byte[] chunk) => [(byte)chunk.Length, .. chunk];

    private static string Below(string zone) => zone == "." ? string.Empty : zone;
}
