namespace NodeDns.Cli;

/// <summary>Which lists <c>nodedns top</c> shows.</summary>
internal enum TopView : byte
{
    Both,
    Names,
    Clients,
}
