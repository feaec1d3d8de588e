using System;
using NodeDns.Upstreams;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Upstreams;

public sealed class QueryPaddingTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(60)]
    [InlineData(90)]
    [InlineData(255)]
    public void TryAppend_AnyName_FillsABlockWithZeros(int nameLength)
    {
        byte[] name = NameOf(nameLength);
        byte[] query = new byte[UpstreamLimits.MaxQueryBytes];
        Array.Fill(query, (byte)0xFF);
        QueryWriter.TryWrite(query, 7, 0, name, RecordType.A, RecordClass.IN, true, false, 1232, out int length);
        int plain = length;

        Assert.True(QueryPadding.TryAppend(query, ref length, 0));

        Assert.Equal(0, length % 128);
        Assert.InRange(length - plain, 4, 131);
        Assert.True(QueryView.TryParse(query.AsSpan(0, length), out _) == ParseStatus.Ok);
        EdnsOptionReader options = new(query.AsSpan(plain, length - plain));
        Assert.True(options.MoveNext());
        Assert.Equal(EdnsOptionCode.Padding, options.Code);
        Assert.Equal(-1, options.Data.IndexOfAnyExcept((byte)0));
        Assert.False(options.MoveNext());
    }

    [Fact]
    public void TryAppend_BehindTheOperatorsOptions_BothAreThere()
    {
        byte[] query = new byte[UpstreamLimits.MaxQueryBytes];
        byte[] own = [0xFD, 0xE9, 0, 2, 1, 2];
        QueryWriter.TryWrite(query, 7, 0, NameOf(20), RecordType.A, RecordClass.IN, true, false, 1232, out int length);
        int start = length;
        QueryOptions.TryAppend(query, ref length, own);

        Assert.True(QueryPadding.TryAppend(query, ref length, own.Length));

        Assert.Equal(128, length);
        EdnsOptionReader options = new(query.AsSpan(start, length - start));
        Assert.True(options.MoveNext());
        Assert.Equal(0xFDE9, (int)options.Code);
        Assert.True(options.MoveNext());
        Assert.Equal(EdnsOptionCode.Padding, options.Code);
        Assert.False(options.MoveNext());
        Assert.False(options.IsMalformed);
    }

    private static byte[] NameOf(int length)
    {
        byte[] name = new byte[length];
        for (int at = 0; at < length - 1;)
        {
            int label = Math.Min(63, length - at - 2);
            name[at] = (byte)label;
            name.AsSpan(at + 1, label).Fill((byte)'a');
            at += label + 1;
        }

        return name;
    }
}
