namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>A pattern as a list of instructions for <see cref="PatternMatcher"/>.</summary>
internal sealed class PatternProgram
{
    // Counted repetitions are written out; this bounds what a hostile file can ask for.
    private const int MaximumInstructions = 20_000;

    private readonly List<Instruction> instructions = [];

    private PatternProgram() { }

    public static Instruction[] Compile(PatternNode node)
    {
        var program = new PatternProgram();
        program.Write(node);
        program.Add(new Instruction(Operation.Match));
        return [.. program.instructions];
    }

    private int Add(Instruction instruction)
    {
        if (instructions.Count >= MaximumInstructions) throw new PatternException("repeats too much; counts below a few thousand are supported");
        instructions.Add(instruction);
        return instructions.Count - 1;
    }

    private void Write(PatternNode node)
    {
        switch (node)
        {
            case SetNode set:
                Add(new Instruction(Operation.Set, set.Set));
                break;
            case SequenceNode sequence:
                foreach (var part in sequence.Parts) Write(part);
                break;
            case AlternativesNode alternatives:
                WriteAlternatives(alternatives);
                break;
            case RepeatNode repeat:
                WriteRepeat(repeat);
                break;
            case LookNode look:
                var steps = look.IsBehind ? look.Body.FixedLength ?? throw new PatternException("looks behind for text of varying length; a fixed length is supported") : 0;
                WriteSubProgram(look.IsNegated ? Operation.LookNot : Operation.Look, look.Body, steps);
                break;
            case AtomicNode atomic:
                WriteSubProgram(Operation.Atomic, atomic.Body, 0);
                break;
            case PlaceNode place:
                Add(new Instruction(Operation.Place, X: (int)place.Place));
                break;
            default:
                throw new InvalidOperationException($"No instructions are known for {node.GetType().Name}.");
        }
    }

    private void WriteSubProgram(Operation operation, PatternNode body, int stepsBack)
    {
        var start = Add(default);
        Write(body);
        Add(new Instruction(Operation.Match));
        instructions[start] = new Instruction(operation, X: instructions.Count, Y: stepsBack);
    }

    private void WriteAlternatives(AlternativesNode node)
    {
        var jumps = new List<int>();
        for (var i = 0; i < node.Choices.Count - 1; i++)
        {
            var split = Add(default);
            Write(node.Choices[i]);
            jumps.Add(Add(default));
            instructions[split] = new Instruction(Operation.Split, X: split + 1, Y: instructions.Count);
        }
        Write(node.Choices[^1]);
        foreach (var jump in jumps) instructions[jump] = new Instruction(Operation.Jump, X: instructions.Count);
    }

    private void WriteRepeat(RepeatNode node)
    {
        if (node.Body is SetNode set && node.Kind != RepeatKind.Lazy)
        {
            Add(new Instruction(node.Kind == RepeatKind.Greedy ? Operation.Run : Operation.PossessiveRun, set.Set, node.Minimum, node.Maximum));
            return;
        }
        // An empty round could go on for ever; Oniguruma ends the repetition there, by rules of its own.
        if (node.Maximum > 1 && node.Body.CanBeEmpty) throw new PatternException("repeats something that can be empty");
        if (node.Kind == RepeatKind.Possessive)
        {
            WriteSubProgram(Operation.Atomic, node with { Kind = RepeatKind.Greedy }, 0);
            return;
        }
        for (var i = 0; i < node.Minimum; i++) Write(node.Body);
        if (node.Maximum == int.MaxValue)
        {
            var split = Add(default);
            Write(node.Body);
            Add(new Instruction(Operation.Jump, X: split));
            instructions[split] = Choice(node.Kind, split + 1, instructions.Count);
            return;
        }
        var splits = new List<int>();
        for (var i = node.Minimum; i < node.Maximum; i++)
        {
            splits.Add(Add(default));
            Write(node.Body);
        }
        foreach (var split in splits) instructions[split] = Choice(node.Kind, split + 1, instructions.Count);
    }

    private static Instruction Choice(RepeatKind kind, int more, int end) =>
        kind == RepeatKind.Greedy ? new Instruction(Operation.Split, X: more, Y: end) : new Instruction(Operation.Split, X: end, Y: more);
}

/// <param name="Operation">What to do.</param>
/// <param name="Set">The code points that fit, for the operations that take characters.</param>
/// <param name="X">First target, fewest repetitions, end of the sub-program, or the <see cref="Place"/>.</param>
/// <param name="Y">Second target, most repetitions, or code points to step back.</param>
internal readonly record struct Instruction(Operation Operation, CodePointSet? Set = null, int X = 0, int Y = 0);

internal enum Operation : byte { Match, Set, Run, PossessiveRun, Split, Jump, Place, Look, LookNot, Atomic }
