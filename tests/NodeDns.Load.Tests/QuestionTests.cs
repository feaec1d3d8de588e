using System;
using System.Collections.Generic;
using System.Text;
using Xunit;

namespace NodeDns.Load.Tests;

public sealed class QuestionTests
{
    [Fact]
    public void Write_KnownName_IsTheQueryByteForByte()
    {
        QuestionSet questions = new(Options("--names", "100", "--zone", "ex.test"));
        byte[] query = new byte[512];
        int length = questions.Write(42, 0xABCD, query);
        byte[] expected =
        [
            0xAB, 0xCD, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0,
            3, (byte)'n', (byte)'4', (byte)'2', 2, (byte)'e', (byte)'x', 4, .. "test"u8, 0, 0, 1, 0, 1,
        ];
        Assert.Equal(expected, query[..length]);
    }

    [Fact]
    public void Write_WithEdns_EndsInAnOptRecord()
    {
        QuestionSet questions = new(Options("--edns"));
        byte[] query = new byte[512];
        int length = questions.Write(1, 1, query);
        Assert.Equal(1, query[11]);
        Assert.Equal([0, 0, 41, 0x04, 0xD0, 0, 0, 0, 0, 0, 0], query[(length - 11)..length]);
    }

    [Theory]
    [InlineData(7)]
    [InlineData(-7)]
    public void IsEchoed_AnswerToTheSameQuestion_IsTrueAndToAnyOtherFalse(long question)
    {
        QuestionSet questions = new(Options("--edns"));
        byte[] answer = new byte[512];
        int length = questions.Write(question, 1, answer);
        Assert.True(questions.IsEchoed(question, answer.AsSpan(0, length)));
        Assert.False(questions.IsEchoed(question + 1, answer.AsSpan(0, length)));
        Assert.False(questions.IsEchoed(question, answer.AsSpan(0, 20)));
        for (int i = 12; i < length - 11; i++)
        {
            answer[i] ^= 1;
            Assert.False(questions.IsEchoed(question, answer.AsSpan(0, length)), $"byte {i}");
            answer[i] ^= 1;
        }
    }

    [Fact]
    public void Write_UniqueQuestion_CarriesItsNumberInHexadecimal()
    {
        QuestionSet questions = new(Options());
        byte[] query = new byte[512];
        questions.Write(-2, 1, query);
        Assert.Equal("fffffffffffffffe", Encoding.ASCII.GetString(query, 13, 16));
    }

    [Theory]
    [InlineData("a..test")]
    [InlineData("a.0123456789012345678901234567890123456789012345678901234567890123.test")]
    public void Constructor_ImpossibleZone_IsAFailure(string zone) =>
        Assert.Throws<LoadFailedException>(() => new QuestionSet(Options("--zone", zone)));

    [Fact]
    public void MixedOrder_ShareOfMisses_IsKeptExactlyAndTheyAreUnique()
    {
        MixedOrder order = new(Options("--misses", "25", "--names", "50"));
        HashSet<long> unique = [];
        for (int i = 0; i < 1000; i++)
        {
            Assert.True(order.TryNext(out long question));
            Assert.True(question is < 50);
            Assert.True(question >= 0 || unique.Add(question));
        }

        Assert.Equal(250, unique.Count);
    }

    [Fact]
    public void MixedOrder_Zipf_AsksTheFirstNameInProportion()
    {
        MixedOrder order = new(Options("--names", "1000"));
        int first = 0;
        for (int i = 0; i < 200_000; i++)
        {
            order.TryNext(out long question);
            first += question == 0 ? 1 : 0;
        }

        // The harmonic number of 1,000 is 7.485, so the first name has 13.4 % of all questions.
        Assert.InRange(first, 26_000, 27_500);
    }

    [Fact]
    public void PrimingOrder_AllNames_OnceAndThenNoMore()
    {
        PrimingOrder order = new(3);
        List<long> asked = [];
        while (order.TryNext(out long question))
        {
            asked.Add(question);
        }

        Assert.Equal([0, 1, 2], asked);
    }

    private static LoadOptions Options(params string[] more)
    {
        Assert.True(LoadOptions.TryParse(["udp", "127.0.0.1:53", .. more], out LoadOptions? options, out string? problem), problem);
        return options!;
    }
}
