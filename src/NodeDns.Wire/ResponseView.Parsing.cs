using System;
using System.Buffers.Binary;

namespace NodeDns.Wire;

/// <content>What makes a datagram the answer to our question (RFC 5452 §9.1); anything else is waited past.</content>
public readonly ref partial struct ResponseView
{
    private const byte ResponseBit = 0x80;
    private const byte OpcodeBits = 0x78;

    /// <summary>
    /// Judges a datagram; its id is for the caller to compare. The view is empty but for Ok and HeaderOnlyError.
    /// </summary>
    public static ResponseStatus TryParse(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> askedName, RecordType askedType, RecordClass askedClass,
        out ResponseView response)
    {
        response = default;
        if (message.Length is < WireLimits.HeaderLength or > WireLimits.MaxMessageLength)
        {
            return message.Length < WireLimits.HeaderLength ? ResponseStatus.TooShort : ResponseStatus.Malformed;
        }

        if ((message[2] & ResponseBit) == 0)
        {
            return ResponseStatus.NotAResponse;
        }

        if ((message[2] & OpcodeBits) != 0)
        {
            return ResponseStatus.WrongOpcode;
        }

        int questions = MessageHeader.GetQuestionCount(message);
        if (questions != 1)
        {
            return questions == 0
                ? JudgeWithoutQuestion(message, askedType, out response)
                : ResponseStatus.WrongQuestionCount;
        }

        ResponseStatus status = JudgeQuestion(message, askedName, askedType, askedClass, out int questionEnd);
        return status == ResponseStatus.Ok
            ? JudgeRecords(message, askedName, askedType, askedClass, questionEnd, out response)
            : status;
    }

    /// <summary>
    /// Some servers answer what they cannot read with nothing but a header; a success must show its question.
    /// </summary>
    private static ResponseStatus JudgeWithoutQuestion(
        ReadOnlySpan<byte> message, RecordType askedType, out ResponseView response)
    {
        response = default;
        bool isError = MessageHeader.GetRcode(message) is ResponseCode.FormatError or ResponseCode.ServerFailure
            or ResponseCode.NotImplemented or ResponseCode.Refused;
        if (!isError || MessageHeader.GetAnswerCount(message) != 0 || MessageHeader.GetAuthorityCount(message) != 0)
        {
            return ResponseStatus.WrongQuestionCount;
        }

        response = new ResponseView(
            message[..WireLimits.HeaderLength], askedType, WireLimits.HeaderLength,
            ResponseRecords.None(WireLimits.HeaderLength), AnswerShape.OtherError);
        return ResponseStatus.HeaderOnlyError;
    }

    private static ResponseStatus JudgeQuestion(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> askedName, RecordType askedType, RecordClass askedClass,
        out int questionEnd)
    {
        questionEnd = WireLimits.HeaderLength + askedName.Length + WireLimits.QuestionFixedLength;
        if (message.Length < questionEnd)
        {
            return ResponseStatus.WrongQuestion;
        }

        // The first name of a message has nothing before it to point to, so equal bytes are the only equality.
        ReadOnlySpan<byte> fields = message[(WireLimits.HeaderLength + askedName.Length)..];
        bool isSame = BinaryPrimitives.ReadUInt16BigEndian(fields) == (ushort)askedType
            && BinaryPrimitives.ReadUInt16BigEndian(fields[2..]) == (ushort)askedClass
            && DomainName.EqualsIgnoreCase(message.Slice(WireLimits.HeaderLength, askedName.Length), askedName);
        return isSame ? ResponseStatus.Ok : ResponseStatus.WrongQuestion;
    }

    private static ResponseStatus JudgeRecords(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> askedName, RecordType askedType, RecordClass askedClass,
        int questionEnd, out ResponseView response)
    {
        response = default;
        bool isTruncated = (MessageHeader.GetFlags(message) & (ushort)HeaderFlags.Truncated) != 0;
        if (!ResponseRecords.TryRead(message, askedType, questionEnd, out ResponseRecords records))
        {
            if (!isTruncated)
            {
                return ResponseStatus.Malformed;
            }

            // RFC 2181 §9: what came with TC is not to be used anyway; the question suffices to retry over TCP.
            records = ResponseRecords.None(questionEnd);
        }

        if (!TryShape(message, askedName, askedType, askedClass, questionEnd, records, out AnswerShape shape))
        {
            return ResponseStatus.Malformed;
        }

        response = new ResponseView(message[..records.End], askedType, questionEnd, records, shape);
        return ResponseStatus.Ok;
    }

    private static bool TryShape(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> askedName, RecordType askedType, RecordClass askedClass,
        int questionEnd, in ResponseRecords records, out AnswerShape shape)
    {
        int rcode = (records.ExtendedRcode << 4) | (int)MessageHeader.GetRcode(message);
        shape = (ResponseCode)rcode switch
        {
            ResponseCode.NoError => AnswerShape.NoData,
            ResponseCode.NameError when records.AnswerCount == 0 => AnswerShape.NxDomain,
            ResponseCode.NameError => AnswerShape.NxDomainAfterCname,
            _ => AnswerShape.OtherError,
        };

        if (shape != AnswerShape.NoData || records.AnswerCount == 0)
        {
            return true;
        }

        AliasChain chain = new(message, questionEnd, askedType, askedClass);
        return chain.TryFollow(askedName, out shape);
    }
}
