using System.Runtime.InteropServices;

namespace NodeDns.Linux.Syscalls;

/// <summary>libnftables as it is: the signatures that are used here, under their C names.</summary>
internal static unsafe partial class Libnftables
{
    /// <summary>Debian: libnftables1. The number is the ABI; no other has been published.</summary>
    public const string Library = "libnftables.so.1";

    public const uint NFT_CTX_DEFAULT = 0;

    /// <summary>Lists sets without their elements.</summary>
    public const uint NFT_CTX_OUTPUT_TERSE = 1 << 11;

    [LibraryImport(Library)]
    public static partial nint nft_ctx_new(uint flags);

    [LibraryImport(Library)]
    public static partial void nft_ctx_free(nint ctx);

    [LibraryImport(Library)]
    public static partial int nft_ctx_buffer_output(nint ctx);

    [LibraryImport(Library)]
    public static partial int nft_ctx_buffer_error(nint ctx);

    [LibraryImport(Library)]
    public static partial void nft_ctx_output_set_flags(nint ctx, uint flags);

    [LibraryImport(Library)]
    public static partial byte* nft_ctx_get_output_buffer(nint ctx);

    [LibraryImport(Library)]
    public static partial byte* nft_ctx_get_error_buffer(nint ctx);

    [LibraryImport(Library)]
    public static partial int nft_run_cmd_from_buffer(nint ctx, byte* buf);
}
