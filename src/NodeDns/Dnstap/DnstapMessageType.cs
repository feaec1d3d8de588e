namespace NodeDns.Dnstap;

/// <summary>Message.Type of dnstap.proto, those that a forwarder has.</summary>
internal enum DnstapMessageType : byte
{
    ClientQuery = 5,
    ClientResponse = 6,
    ForwarderQuery = 7,
    ForwarderResponse = 8,
}
