using System;
using System.Linq;
using NodeDns.Metrics;
using NodeDns.Wire;
using Xunit;

namespace NodeDns.Tests.Metrics;

public sealed class LabelValuesTests
{
    [Fact]
    public void TypeIndex_OfEveryType_IsItsNameOrOther()
    {
        for (int type = 0; type <= ushort.MaxValue; type++)
        {
            string name = ((RecordType)type).ToString().ToUpperInvariant();
            string expected = LabelValues.Types.Contains(name) ? name : "other";
            Assert.Equal(expected, LabelValues.Types[LabelValues.TypeIndex((RecordType)type)]);
        }
    }

    [Theory]
    [InlineData(ResponseCode.NoError, "NOERROR")]
    [InlineData(ResponseCode.ServerFailure, "SERVFAIL")]
    [InlineData(ResponseCode.NameError, "NXDOMAIN")]
    [InlineData(ResponseCode.NotZone, "NOTZONE")]
    [InlineData(ResponseCode.BadVersion, "BADVERS")]
    [InlineData(ResponseCode.BadCookie, "BADCOOKIE")]
    [InlineData((ResponseCode)4095, "other")]
    public void RcodeIndex_OfACode_IsItsName(ResponseCode rcode, string name) =>
        Assert.Equal(name, LabelValues.Rcodes[LabelValues.RcodeIndex(rcode)]);

    [Fact]
    public void Answerers_HaveOneNameEach() => Assert.Equal(Enum.GetValues<Answerer>().Length, LabelValues.Answerers.Distinct().Count());
}
