using System;
using System.Net;
using NodeDns.Linux.Sockets;
using NodeDns.Load;

// Exit codes: 0 measured and within the tolerance, 1 not, 2 a wrong command line.
if (args is ["limit", string listen] && IPEndPoint.TryParse(listen, out IPEndPoint? local))
{
    return LimitLoop.Run(PeerAddress.From(local));
}

if (!LoadOptions.TryParse(args, out LoadOptions? options, out string? problem))
{
    Console.Error.WriteLine(problem);
    return 2;
}

LoadResult result;
try
{
    result = LoadRun.Execute(options);
}
catch (LoadFailedException failure)
{
    Console.Error.WriteLine($"nodedns-load: {failure.Message}");
    return 1;
}

Console.WriteLine(options.Json ? Report.Json(options, result) : Report.Text(options, result));
string? verdict = result.Problem(options);
if (verdict is not null)
{
    Console.Error.WriteLine($"nodedns-load: {verdict}");
}

return verdict is null ? 0 : 1;
