using System.Linq;
using System.Text;
using Xunit;

namespace NodeDns.Wire.Tests;

/// <summary>Capitals as a secret between us and an upstream.</summary>
public sealed class MixedCaseTests
{
    [Theory]
    [InlineData(0b0UL, "www.example-1.test")]
    [InlineData(0b1UL, "Www.example-1.test")]
    [InlineData(0b1010UL, "wWw.Example-1.test")]
    [InlineData(ulong.MaxValue, "WWW.EXAMPLE-1.TEST")]
    public void Write_WritesCapitalsWhereTheBitsAre(ulong bits, string expected)
    {
        byte[] name = Encoding.ASCII.GetBytes("www.EXAMPLE-1.test");
        MixedCase.Write(name, bits);
        Assert.Equal(expected, Encoding.ASCII.GetString(name));
        Assert.True(MixedCase.Matches(name, bits));
    }

    [Fact]
    public void Write_TouchesNothingButLetters()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        byte[] mixed = [.. all];
        MixedCase.Write(mixed, 0x5A5A_1234_F0F0_8181);
        Assert.All(all.Zip(mixed), pair => Assert.True(
            pair.First == pair.Second || (char.IsAsciiLetter((char)pair.First) && (pair.First ^ pair.Second) == 0x20)));
    }

    [Fact]
    public void Matches_OneLetterOtherwise_IsFalse()
    {
        byte[] name = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("abcdefg.", 20)));
        MixedCase.Write(name, 0x1122_3344_5566_7788);
        for (int i = 0; i < name.Length; i++)
        {
            name[i] ^= 0x20;
            Assert.Equal(name[i] is (byte)'.' or (byte)('.' ^ 0x20), MixedCase.Matches(name, 0x1122_3344_5566_7788));
            name[i] ^= 0x20;
        }
    }
}
