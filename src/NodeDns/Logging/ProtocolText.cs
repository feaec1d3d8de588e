using System.Globalization;
using NodeDns.Wire;

namespace NodeDns.Logging;

/// <summary>Types, classes and response codes by the names that CoreDNS and dig print.</summary>
internal static class ProtocolText
{
    public static string Of(RecordType type) => type switch
    {
        RecordType.Any => "ANY",
        RecordType.None => "None",
        _ => Known(type.ToString()) ?? string.Create(CultureInfo.InvariantCulture, $"TYPE{(ushort)type}"),
    };

    public static string Of(RecordClass @class) => @class switch
    {
        RecordClass.Any => "ANY",
        RecordClass.None => "NONE",
        _ => Known(@class.ToString()) ?? string.Create(CultureInfo.InvariantCulture, $"CLASS{(ushort)@class}"),
    };

    public static string Of(ResponseCode rcode) => rcode switch
    {
        ResponseCode.NoError => "NOERROR",
        ResponseCode.FormatError => "FORMERR",
        ResponseCode.ServerFailure => "SERVFAIL",
        ResponseCode.NameError => "NXDOMAIN",
        ResponseCode.NotImplemented => "NOTIMP",
        ResponseCode.Refused => "REFUSED",
        ResponseCode.YXDomain => "YXDOMAIN",
        ResponseCode.YXRRSet => "YXRRSET",
        ResponseCode.NXRRSet => "NXRRSET",
        ResponseCode.NotAuthoritative => "NOTAUTH",
        ResponseCode.NotZone => "NOTZONE",
        ResponseCode.BadVersion => "BADVERS",
        ResponseCode.BadCookie => "BADCOOKIE",
        _ => ((ushort)rcode).ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>An enum value without a name prints as a number.</summary>
    private static string? Known(string name) => char.IsAsciiDigit(name[0]) ? null : name;
}
