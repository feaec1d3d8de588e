namespace NodeDns.Metrics;

/// <summary>Finds the size bucket of a message with one load: most messages are short.</summary>
internal static class SizeIndex
{
    private const int Short = 512;
    private static readonly byte[] s_short = Fill();

    public static int Of(int bytes)
    {
        byte[] table = s_short;
        return (uint)bytes < (uint)table.Length ? table[bytes] : Buckets.Sizes.IndexOf(bytes);
    }

    private static byte[] Fill()
    {
        byte[] table = new byte[Short];
        for (int i = 0; i < table.Length; i++)
        {
            table[i] = (byte)Buckets.Sizes.IndexOf(i);
        }

        return table;
    }
}
