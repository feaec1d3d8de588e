using System;
using System.Collections.Generic;
using Xunit;

namespace NodeDns.Wire.Tests;

public sealed class DomainNameFoldingTests
{
    [Fact]
    public void Fold_EveryByteAtEveryLength_ChangesOnlyLetters()
    {
        // All vector widths and their edges: every value of a byte at every position of every length up to 40.
        for (int length = 1; length <= 40; length++)
        {
            byte[] bytes = new byte[length];
            byte[] folded = new byte[length];
            for (int start = 0; start < 256; start++)
            {
                for (int i = 0; i < length; i++)
                {
                    bytes[i] = (byte)(start + i);
                }

                DomainName.Fold(bytes, folded);
                for (int i = 0; i < length; i++)
                {
                    byte expected = bytes[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(bytes[i] + 32) : bytes[i];
                    Assert.True(expected == folded[i], $"{bytes[i]:x2} at {i} of {length} became {folded[i]:x2}");
                }
            }
        }
    }

    [Fact]
    public void Fold_LengthBytes_AreNeverLetters()
    {
        for (int label = 0; label <= WireLimits.MaxLabelLength; label++)
        {
            byte[] folded = new byte[1];
            DomainName.Fold([(byte)label], folded);
            Assert.Equal(label, folded[0]);
        }
    }

    [Theory]
    [InlineData("A.")]
    [InlineData("EXAMPLE.com.")]
    [InlineData("KUBERNETES.Default.SVC.Cluster.LOCAL.")]
    public void Fold_OverItself_IsTheSame(string text)
    {
        byte[] name = Packet.Name(text);
        byte[] expected = Packet.Name(text.ToLowerInvariant());
        DomainName.Fold(name, name);
        Assert.Equal(expected, name);
    }

    [Fact]
    public void Fold_TooSmallDestination_WritesNothing()
    {
        byte[] folded = new byte[4];
        DomainName.Fold(Packet.Name("ABCD."), folded);
        Assert.All(folded, b => Assert.Equal(0, b));
    }

    [Theory]
    [InlineData("WwW.ExAmPlE.cOm.", "www.example.com.", true)]
    [InlineData("www.example.com.", "www.example.org.", false)]
    [InlineData("kubernetes.default.svc.cluster.LOCAL.", "KUBERNETES.default.svc.cluster.local.", true)]
    [InlineData("kubernetes.default.svc.cluster.local.", "kubernetes.default.svc.cluster.locam.", false)]
    [InlineData("a.", "a.b.", false)]
    [InlineData("\\064.", "\\096.", false)]
    [InlineData("[.", "{.", false)]
    [InlineData("\\193.", "\\225.", false)]
    public void EqualsIgnoreCase_TwoNames_FoldsAsciiLettersOnly(string a, string b, bool expected)
    {
        Assert.Equal(expected, DomainName.EqualsIgnoreCase(Packet.Name(a), Packet.Name(b)));

        byte[] message = Packet.Join(new byte[12], Packet.Name(a));
        Assert.Equal(expected, DomainName.EqualsIgnoreCase(message, 12, Packet.Name(b)));
    }

    [Fact]
    public void EqualsIgnoreCase_CompressedName_FollowsPointers()
    {
        byte[] message = Packet.Of("""
            0000 0000 0000 0000 0000 0000
            07 'EXAMPLE' 03 'com' 00      ; 12
            03 'www' c00c                 ; 25
            """);
        Assert.True(DomainName.EqualsIgnoreCase(message, 25, Packet.Name("www.example.com.")));
        Assert.False(DomainName.EqualsIgnoreCase(message, 25, Packet.Name("www.example.")));
        Assert.False(DomainName.EqualsIgnoreCase(message, 25, Packet.Name("www.example.com.au.")));
    }

    [Fact]
    public void Hash_SameNameAndSeed_IsStableAndSeedMatters()
    {
        byte[] name = Packet.Name("kubernetes.default.svc.cluster.local.");
        Assert.Equal(DomainName.Hash(name, 1), DomainName.Hash(name, 1));
        Assert.NotEqual(DomainName.Hash(name, 1), DomainName.Hash(name, 2));
    }

    [Fact]
    public void Hash_ManyNames_SpreadOverAllBits()
    {
        const int Names = 20_000;
        HashSet<ulong> seen = [];
        int[] ones = new int[64];
        for (int i = 0; i < Names; i++)
        {
            ulong hash = DomainName.Hash(Packet.Name($"pod-{i}.ns.svc.cluster.local."), 42);
            seen.Add(hash);
            for (int bit = 0; bit < 64; bit++)
            {
                ones[bit] += (int)(hash >> bit) & 1;
            }
        }

        Assert.Equal(Names, seen.Count);
        Assert.All(ones, count => Assert.InRange(count, Names * 0.47, Names * 0.53));
    }

    [Fact]
    public void Hash_OneChangedByteAtAnyPlace_ChangesTheHash()
    {
        for (int length = 1; length <= 70; length++)
        {
            byte[] name = new byte[length];
            ulong before = DomainName.Hash(name, 7);
            for (int i = 0; i < length; i++)
            {
                name[i] = 1;
                Assert.NotEqual(before, DomainName.Hash(name, 7));
                name[i] = 0;
            }
        }
    }

    [Fact]
    public void Hash_FactorMadeZeroUnderOneSeed_DoesNotCollideUnderAnother()
    {
        // With a public constant in place of a key, names that contain it would collide whatever the seed.
        Span<byte> first = stackalloc byte[16];
        Span<byte> second = stackalloc byte[16];
        foreach (ulong constant in (ulong[])[0x9E3779B97F4A7C15, 0xD1B54A32D192ED03, 0])
        {
            BitConverter.TryWriteBytes(first, constant);
            BitConverter.TryWriteBytes(second, constant);
            first[8] = 1;
            second[8] = 2;
            Assert.NotEqual(DomainName.Hash(first, 99), DomainName.Hash(second, 99));
        }
    }
}
