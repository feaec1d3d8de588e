using System;

namespace NodeDns.Load;

/// <summary>The run could not be made at all; the message is for the person at the terminal.</summary>
internal sealed class LoadFailedException : Exception
{
    public LoadFailedException()
    {
    }

    public LoadFailedException(string message)
        : base(message)
    {
    }

    public LoadFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
