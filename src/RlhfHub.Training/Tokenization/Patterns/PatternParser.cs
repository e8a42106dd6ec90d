using System.Globalization;

namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>
/// Reads a pattern in the dialect of Oniguruma that tokenizer files are written in, for example <c>(?i:'s|'t)|\p{L}+|\s+(?!\S)|\s+</c>.
/// Back references, captures' names and conditions have no meaning for splitting and are refused.
/// </summary>
internal sealed class PatternParser
{
    private const int MaximumDepth = 60;

    private readonly PatternCursor cursor;
    private bool ignoresCase;
    private int depth;

    private PatternParser(string pattern) => cursor = new PatternCursor(pattern);

    /// <exception cref="PatternException">The pattern is broken or uses something that is not supported.</exception>
    public static PatternNode Parse(string pattern)
    {
        var parser = new PatternParser(pattern);
        var node = parser.ReadAlternatives();
        if (!parser.cursor.IsAtEnd) throw parser.cursor.Error("has a closing parenthesis without an opening one");
        return node;
    }

    private PatternNode ReadAlternatives()
    {
        if (++depth > MaximumDepth) throw cursor.Error($"is nested deeper than {MaximumDepth} levels");
        var caseBefore = ignoresCase;
        var choices = new List<PatternNode> { ReadSequence() };
        while (cursor.Take('|')) choices.Add(ReadSequence());
        ignoresCase = caseBefore;
        depth--;
        return choices.Count == 1 ? choices[0] : new AlternativesNode(choices);
    }

    private PatternNode ReadSequence()
    {
        var parts = new List<PatternNode>();
        while (!cursor.IsAtEnd && cursor.Current is not ('|' or ')'))
        {
            if (ReadAtom() is { } atom) parts.Add(ReadQuantifiers(atom));
        }
        return parts.Count == 1 ? parts[0] : new SequenceNode(parts);
    }

    private PatternNode? ReadAtom()
    {
        switch (cursor.Current)
        {
            case '(':
                return ReadGroup();
            case '[':
                return new SetNode(PatternClassParser.Read(cursor, ignoresCase));
            case '\\':
                return ReadEscape();
            case '.':
                cursor.Skip();
                return new SetNode(UnicodeProperties.AnyButNewline);
            case '^':
                cursor.Skip();
                return new PlaceNode(Place.LineStart);
            case '$':
                cursor.Skip();
                return new PlaceNode(Place.LineEnd);
            case '*' or '+' or '?':
                throw cursor.Error("repeats nothing");
            default:
                return new SetNode(CodePointSet.Of(cursor.TakeCodePoint(), ignoresCase));
        }
    }

    private PatternNode? ReadGroup()
    {
        cursor.Skip();
        if (!cursor.Take('?')) return CloseGroup(ReadAlternatives());
        if (cursor.Take(':')) return CloseGroup(ReadAlternatives());
        if (cursor.Take('>')) return new AtomicNode(CloseGroup(ReadAlternatives()));
        if (cursor.Take('=')) return new LookNode(CloseGroup(ReadAlternatives()), IsBehind: false, IsNegated: false);
        if (cursor.Take('!')) return new LookNode(CloseGroup(ReadAlternatives()), IsBehind: false, IsNegated: true);
        if (cursor.Take("<=")) return new LookNode(CloseGroup(ReadAlternatives()), IsBehind: true, IsNegated: false);
        if (cursor.Take("<!")) return new LookNode(CloseGroup(ReadAlternatives()), IsBehind: true, IsNegated: true);
        var isOff = cursor.Take('-');
        if (!cursor.Take('i')) throw cursor.Error("has a group of an unknown kind; (?:, (?i:, (?>, (?=, (?!, (?<= and (?<! are supported");
        var caseBefore = ignoresCase;
        ignoresCase = !isOff;
        // (?i) holds to the end of the group around it, which restores the setting.
        if (cursor.Take(')')) return null;
        if (!cursor.Take(':')) throw cursor.Error("sets an option other than i, which is the only one supported");
        var body = CloseGroup(ReadAlternatives());
        ignoresCase = caseBefore;
        return body;
    }

    private PatternNode CloseGroup(PatternNode body) =>
        cursor.Take(')') ? body : throw cursor.Error("has an opening parenthesis without a closing one");

    private PatternNode ReadEscape()
    {
        if (cursor.TakeEscapedSet(isInBrackets: false) is { } set) return new SetNode(set);
        Place? place = cursor.PeekSecond switch
        {
            'A' => Place.TextStart,
            'z' => Place.TextEnd,
            'Z' => Place.TextEndOrLastNewline,
            'b' => Place.WordBoundary,
            'B' => Place.NoWordBoundary,
            _ => null,
        };
        if (place is null) return new SetNode(CodePointSet.Of(cursor.TakeEscapedCodePoint(), ignoresCase));
        cursor.Skip(2);
        return new PlaceNode(place.Value);
    }

    private PatternNode ReadQuantifiers(PatternNode atom)
    {
        for (var rounds = 0; !cursor.IsAtEnd; rounds++)
        {
            if (rounds > MaximumDepth) throw cursor.Error("repeats repetitions too often");
            int minimum, maximum;
            var isCounted = false;
            if (cursor.Take('*')) (minimum, maximum) = (0, int.MaxValue);
            else if (cursor.Take('+')) (minimum, maximum) = (1, int.MaxValue);
            else if (cursor.Take('?')) (minimum, maximum) = (0, 1);
            else if (TakeCounts(out minimum, out maximum)) isCounted = true;
            else break;
            // After counts a plus is a second repetition, not a possessive mark.
            var kind = cursor.Take('?') ? RepeatKind.Lazy : !isCounted && cursor.Take('+') ? RepeatKind.Possessive : RepeatKind.Greedy;
            if (atom is LookNode or PlaceNode) throw cursor.Error("repeats a place, which takes no characters");
            atom = new RepeatNode(atom, minimum, maximum, kind);
        }
        return atom;
    }

    // {3}, {1,3}, {2,} and {,3}; anything else in braces is plain text.
    private bool TakeCounts(out int minimum, out int maximum)
    {
        (minimum, maximum) = (0, int.MaxValue);
        if (cursor.IsAtEnd || cursor.Current != '{') return false;
        var text = cursor.PeekUntil('}');
        if (text is null) return false;
        var parts = text[1..].Split(',');
        if (parts.Length > 2 || parts.All(part => part.Length == 0) || !parts.All(part => part.All(char.IsAsciiDigit))) return false;
        if (parts.Any(part => part.Length > 5)) throw cursor.Error("has a count of more than five digits");
        if (parts[0].Length > 0) minimum = int.Parse(parts[0], CultureInfo.InvariantCulture);
        maximum = parts.Length == 1 ? minimum : parts[1].Length > 0 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : int.MaxValue;
        if (maximum < minimum) throw cursor.Error("has counts in the wrong order");
        cursor.Skip(text.Length + 1);
        return true;
    }
}
