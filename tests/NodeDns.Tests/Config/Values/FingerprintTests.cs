using System.Text;
using NodeDns.Config.Values;
using Xunit;

namespace NodeDns.Tests.Config.Values;

public sealed class FingerprintTests
{
    // From the FNV authors' table of 128-bit FNV-1a.
    [Theory]
    [InlineData("", "6c62272e07bb014262b821756295c58d")]
    [InlineData("a", "d228cb696f1a8caf78912b704e4a8964")]
    [InlineData("foobar", "343e1662793c64bf6f0d3597ba446f18")]
    public void Add_KnownText_GivesTheKnownHash(string text, string hash)
    {
        Fingerprint whole = new();
        whole.Add(Encoding.ASCII.GetBytes(text));
        Assert.Equal(hash, whole.ToString());
    }

    [Fact]
    public void Add_InPieces_IsTheSameAsAtOnce()
    {
        Fingerprint whole = new();
        whole.Add("foobar"u8);
        Fingerprint pieces = new();
        pieces.Add("foo"u8);
        pieces.Add("bar"u8);
        Assert.Equal(whole.ToString(), pieces.ToString());
    }
}
