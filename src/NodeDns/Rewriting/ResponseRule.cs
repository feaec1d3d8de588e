using System;
using NodeDns.Templates;
using NodeDns.Wire;

namespace NodeDns.Rewriting;

/// <summary>What a rewrite that took place does to the answer on its way back.</summary>
internal abstract class ResponseRule
{
    public virtual ResponseCode OnRcode(ResponseCode rcode) => rcode;

    public virtual uint OnTtl(uint ttl) => ttl;

    /// <summary>The owner name of every record, as text; the same string where nothing changes.</summary>
    public virtual string OnOwner(string name) => name;

    /// <summary>The name inside the data of a record.</summary>
    public virtual string OnValue(string name) => name;

    /// <summary>Another target for a CNAME of the answer, to be resolved in place of the old one.</summary>
    public virtual string? OnCnameTarget(string name) => null;

    /// <summary>Puts the old name where the new one stands, below it too.</summary>
    internal sealed class Remap(string from, string to) : ResponseRule
    {
        public override string OnOwner(string name)
        {
            if (name == from)
            {
                return to;
            }

            bool below = from != "." && name.Length > from.Length && name.EndsWith(from, StringComparison.Ordinal)
                && name[^(from.Length + 1)] == '.';
            return below ? name[..^from.Length] + to : name;
        }

        public override string OnValue(string name) => OnOwner(name);
    }

    /// <summary>Puts the old suffix where the new one stands.</summary>
    internal sealed class Suffix(string from, string to) : ResponseRule
    {
        public override string OnOwner(string name) =>
            name.EndsWith(from, StringComparison.Ordinal) ? name[..^from.Length] + to : name;

        public override string OnValue(string name) => OnOwner(name);
    }

    /// <summary>answer name and answer value.</summary>
    internal sealed class Pattern(GoRegex regex, string replacement, bool onValue) : ResponseRule
    {
        public override string OnOwner(string name) => onValue ? name : Replace(name);

        public override string OnValue(string name) => onValue ? Replace(name) : name;

        private string Replace(string name) =>
            regex.Match(name) is string[] groups ? GroupText.Fill(replacement, groups) : name;
    }

    internal sealed class Ttl(uint least, uint most) : ResponseRule
    {
        public override uint OnTtl(uint ttl) => Math.Min(Math.Max(ttl, least), most);
    }

    internal sealed class Rcode(ResponseCode from, ResponseCode to) : ResponseRule
    {
        public override ResponseCode OnRcode(ResponseCode rcode) => rcode == from ? to : rcode;
    }

    internal sealed class Cname(NamePattern pattern, string replacement) : ResponseRule
    {
        public override string? OnCnameTarget(string name) =>
            pattern.TryReplace(name, replacement, out string? target) ? target : null;
    }
}
