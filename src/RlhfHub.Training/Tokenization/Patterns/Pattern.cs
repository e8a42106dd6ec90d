using RlhfHub.Training.Models;

namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>
/// A regular expression of a tokenizer file. .NET's own engine sees UTF-16 halves where these patterns mean characters (its <c>\p{L}</c> matches no letter
/// above U+FFFF) and cannot bound the time of patterns with look-ahead, so this one works on code points and counts its steps.
/// </summary>
internal sealed class Pattern
{
    private readonly Instruction[]? program;
    private readonly string text;
    private readonly string place;

    private Pattern(string text, string place, Instruction[]? program)
    {
        this.text = text;
        this.place = place;
        this.program = program;
    }

    /// <summary>A pattern that finds <paramref name="text"/> itself.</summary>
    /// <param name="text">What to find; not empty.</param>
    /// <param name="place">File and key, for messages.</param>
    public static Pattern Literal(string text, string place) => new(text, place, null);

    /// <exception cref="ModelFileException">The pattern is broken or uses something that is not supported.</exception>
    public static Pattern Parse(string pattern, string place)
    {
        try
        {
            return new Pattern(pattern, place, PatternProgram.Compile(PatternParser.Parse(pattern)));
        }
        catch (PatternException error)
        {
            throw new ModelFileException($"{place} {error.Message}.", error);
        }
    }

    /// <summary>The text itself when the pattern is not a regular expression.</summary>
    public string? LiteralText => program is null ? text : null;

    /// <summary>All matches from left to right, as starts and ends in <paramref name="input"/>.</summary>
    /// <exception cref="ModelFileException">The pattern needs too many steps on this text.</exception>
    public void FindAll(ReadOnlySpan<char> input, List<(int Start, int End)> matches)
    {
        if (program is null) FindLiterals(input, matches);
        else FindMatches(program, input, matches);
    }

    private void FindLiterals(ReadOnlySpan<char> input, List<(int Start, int End)> matches)
    {
        for (var start = 0; ;)
        {
            var offset = input[start..].IndexOf(text, StringComparison.Ordinal);
            if (offset < 0) return;
            matches.Add((start + offset, start + offset + text.Length));
            start += offset + text.Length;
        }
    }

    private void FindMatches(Instruction[] instructions, ReadOnlySpan<char> input, List<(int Start, int End)> matches)
    {
        var matcher = new PatternMatcher(instructions, input);
        var lastEnd = -1;
        try
        {
            for (var start = 0; start <= input.Length;)
            {
                var end = matcher.MatchAt(start);
                // An empty match right after another one is none.
                if (end < 0 || (end == start && end == lastEnd))
                {
                    start += start + 1 < input.Length && char.IsHighSurrogate(input[start]) && char.IsLowSurrogate(input[start + 1]) ? 2 : 1;
                    continue;
                }
                matches.Add((start, end));
                lastEnd = end;
                start = end;
            }
        }
        catch (PatternException error)
        {
            throw new ModelFileException($"{place} {error.Message}.", error);
        }
    }
}
