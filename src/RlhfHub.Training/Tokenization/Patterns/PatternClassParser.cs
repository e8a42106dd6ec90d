namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>Reads a class in brackets, such as <c>[^\s\p{L}a-z[0-9]&amp;&amp;[^x]]</c>.</summary>
internal static class PatternClassParser
{
    private const int MaximumDepth = 30;

    public static CodePointSet Read(PatternCursor cursor, bool ignoresCase, int depth = 0)
    {
        if (depth > MaximumDepth) throw cursor.Error($"has brackets nested deeper than {MaximumDepth} levels");
        cursor.Skip();
        var isNegated = cursor.Take('^');
        var operands = new List<CodePointSet>();
        var ranges = new List<int>();
        var united = new List<CodePointSet>();
        var isFirst = true;
        while (true)
        {
            if (cursor.IsAtEnd) throw cursor.Error("has an opening bracket without a closing one");
            if (cursor.Current == ']' && !isFirst) break;
            isFirst = false;
            if (cursor.Take("&&"))
            {
                operands.Add(Close(ranges, united));
            }
            else if (cursor.Take("[:"))
            {
                united.Add(ReadPosix(cursor));
            }
            else if (cursor.Current == '[')
            {
                united.Add(Read(cursor, ignoresCase, depth + 1));
            }
            else if (cursor.Current == '\\' && cursor.TakeEscapedSet(isInBrackets: true) is { } set)
            {
                united.Add(set);
            }
            else
            {
                ReadRange(cursor, ranges);
            }
        }
        cursor.Skip();
        operands.Add(Close(ranges, united));
        var all = operands.Count == 1 ? operands[0] : new CodePointSet(united: [operands[0]], cutBy: [.. operands[1..]]);
        if (ignoresCase) all = new CodePointSet(united: [all], ignoresCase: true);
        return isNegated ? all.Negated() : all;

        CodePointSet Close(List<int> ranges, List<CodePointSet> united)
        {
            if (ranges.Count == 0 && united.Count == 0) throw cursor.Error("has a class with nothing in it");
            var operand = new CodePointSet(ranges: [.. ranges], united: [.. united]);
            ranges.Clear();
            united.Clear();
            return operand;
        }
    }

    private static void ReadRange(PatternCursor cursor, List<int> ranges)
    {
        var first = ReadCodePoint(cursor);
        var last = first;
        // A hyphen at the end of the class is itself.
        if (!cursor.IsAtEnd && cursor.Current == '-' && cursor.PeekSecond is not (']' or '\0' or '['))
        {
            cursor.Skip();
            last = ReadCodePoint(cursor);
            if (last < first) throw cursor.Error("has a range whose ends are in the wrong order");
        }
        ranges.Add(first);
        ranges.Add(last);
    }

    private static int ReadCodePoint(PatternCursor cursor)
    {
        if (cursor.Current != '\\') return cursor.TakeCodePoint();
        // Inside brackets \b is the backspace.
        if (cursor.Take("\\b")) return '\b';
        return cursor.TakeEscapedCodePoint();
    }

    private static CodePointSet ReadPosix(PatternCursor cursor)
    {
        var name = cursor.PeekUntil(':') ?? throw cursor.Error("has [: without :]");
        cursor.Skip(name.Length);
        if (!cursor.Take(":]")) throw cursor.Error("has [: without :]");
        var isNegated = name.StartsWith('^');
        var set = UnicodeProperties.FindPosix(isNegated ? name[1..] : name) ?? throw cursor.Error($"has [:{name}:], which is not supported");
        return isNegated ? set.Negated() : set;
    }
}
