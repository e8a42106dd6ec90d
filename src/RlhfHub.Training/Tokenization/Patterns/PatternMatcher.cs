namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>Runs a pattern over one text, code point by code point, trying alternatives in order as Oniguruma does.</summary>
internal ref struct PatternMatcher(Instruction[] program, ReadOnlySpan<char> text)
{
    private readonly ReadOnlySpan<char> text = text;
    private readonly Stack<Choice> choices = new();

    // Real patterns take a few steps a character; a text may cost a hundred times that before the pattern counts as broken.
    private long stepsLeft = 2_000_000 + 500L * text.Length;

    /// <summary>The end of the match that begins exactly at <paramref name="start"/>, or -1.</summary>
    /// <exception cref="PatternException">The pattern needs too many steps.</exception>
    public int MatchAt(int start) => Run(0, start);

    private int Run(int counter, int position)
    {
        var bottom = choices.Count;
        while (true)
        {
            if (--stepsLeft < 0) throw new PatternException($"takes too many steps on a text of {text.Length} characters");
            ref readonly var instruction = ref program[counter];
            var fits = true;
            switch (instruction.Operation)
            {
                case Operation.Match:
                    DropTo(bottom);
                    return position;
                case Operation.Set:
                    fits = position < text.Length && instruction.Set!.Contains(CodePointAt(position, out var size)) && Advance(ref position, size);
                    counter++;
                    break;
                case Operation.Run:
                case Operation.PossessiveRun:
                    fits = TakeRun(in instruction, counter, ref position);
                    counter++;
                    break;
                case Operation.Split:
                    choices.Push(new Choice(instruction.Y, position, -1));
                    counter = instruction.X;
                    break;
                case Operation.Jump:
                    counter = instruction.X;
                    break;
                case Operation.Place:
                    fits = IsAt((Place)instruction.X, position);
                    counter++;
                    break;
                case Operation.Look:
                case Operation.LookNot:
                    var from = StepBack(position, instruction.Y);
                    var isSeen = from >= 0 && Run(counter + 1, from) >= 0;
                    fits = isSeen == (instruction.Operation == Operation.Look);
                    counter = instruction.X;
                    break;
                case Operation.Atomic:
                    var end = Run(counter + 1, position);
                    fits = end >= 0;
                    position = end;
                    counter = instruction.X;
                    break;
            }
            if (!fits && !TakeChoice(bottom, ref counter, ref position)) return -1;
        }
    }

    private bool TakeRun(ref readonly Instruction instruction, int counter, ref int position)
    {
        var set = instruction.Set!;
        var count = 0;
        var floor = position;
        while (count < instruction.Y && position < text.Length && set.Contains(CodePointAt(position, out var size)))
        {
            position += size;
            if (++count == instruction.X) floor = position;
        }
        stepsLeft -= count;
        if (count < instruction.X) return false;
        if (position > floor && instruction.Operation == Operation.Run) choices.Push(new Choice(counter + 1, position, floor));
        return true;
    }

    private readonly bool TakeChoice(int bottom, ref int counter, ref int position)
    {
        if (choices.Count == bottom) return false;
        var choice = choices.Pop();
        counter = choice.Counter;
        position = choice.Position;
        if (choice.Floor < 0) return true;
        position = StepBack(position, 1);
        if (position > choice.Floor) choices.Push(choice with { Position = position });
        return true;
    }

    private readonly void DropTo(int count)
    {
        while (choices.Count > count) choices.Pop();
    }

    private static bool Advance(ref int position, int size)
    {
        position += size;
        return true;
    }

    private readonly int CodePointAt(int position, out int size)
    {
        var first = text[position];
        if (char.IsHighSurrogate(first) && position + 1 < text.Length && char.IsLowSurrogate(text[position + 1]))
        {
            size = 2;
            return char.ConvertToUtf32(first, text[position + 1]);
        }
        size = 1;
        return first;
    }

    private readonly int StepBack(int position, int codePoints)
    {
        for (; codePoints > 0; codePoints--)
        {
            if (position == 0) return -1;
            position -= position > 1 && char.IsLowSurrogate(text[position - 1]) && char.IsHighSurrogate(text[position - 2]) ? 2 : 1;
        }
        return position;
    }

    private readonly bool IsAt(Place place, int position) => place switch
    {
        Place.TextStart => position == 0,
        Place.TextEnd => position == text.Length,
        Place.TextEndOrLastNewline => position == text.Length || (position == text.Length - 1 && text[position] == '\n'),
        Place.LineStart => position == 0 || (text[position - 1] == '\n' && position < text.Length),
        Place.LineEnd => position == text.Length || text[position] == '\n',
        Place.WordBoundary => IsWordAt(position) != IsWordAt(StepBack(position, 1)),
        _ => IsWordAt(position) == IsWordAt(StepBack(position, 1)),
    };

    private readonly bool IsWordAt(int position) => position >= 0 && position < text.Length && UnicodeProperties.WordOutsideBrackets.Contains(CodePointAt(position, out _));

    /// <param name="Counter">The instruction to go on with.</param>
    /// <param name="Position">Where in the text.</param>
    /// <param name="Floor">For a run that may give characters back: how far; otherwise -1.</param>
    private readonly record struct Choice(int Counter, int Position, int Floor);
}
