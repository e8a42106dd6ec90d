namespace RlhfHub.Training.Tokenization.Patterns;

/// <summary>What a pattern says, as a tree.</summary>
internal abstract record PatternNode
{
    /// <summary>Whether the node can match without taking a character.</summary>
    public abstract bool CanBeEmpty { get; }

    /// <summary>How many code points the node always takes, or null when that varies.</summary>
    public abstract int? FixedLength { get; }
}

internal sealed record SetNode(CodePointSet Set) : PatternNode
{
    public override bool CanBeEmpty => false;
    public override int? FixedLength => 1;
}

internal sealed record SequenceNode(IReadOnlyList<PatternNode> Parts) : PatternNode
{
    public override bool CanBeEmpty => Parts.All(part => part.CanBeEmpty);
    public override int? FixedLength => Parts.Aggregate((int?)0, (sum, part) => sum + part.FixedLength);
}

internal sealed record AlternativesNode(IReadOnlyList<PatternNode> Choices) : PatternNode
{
    public override bool CanBeEmpty => Choices.Any(choice => choice.CanBeEmpty);
    public override int? FixedLength => Choices.Select(choice => choice.FixedLength).Distinct().Count() == 1 ? Choices[0].FixedLength : null;
}

/// <param name="Body">What is repeated.</param>
/// <param name="Minimum">The fewest repetitions.</param>
/// <param name="Maximum">The most repetitions; <see cref="int.MaxValue"/> for no end.</param>
/// <param name="Kind">Which number of repetitions is tried first.</param>
internal sealed record RepeatNode(PatternNode Body, int Minimum, int Maximum, RepeatKind Kind) : PatternNode
{
    public override bool CanBeEmpty => Minimum == 0 || Body.CanBeEmpty;
    public override int? FixedLength => Minimum == Maximum && Body.FixedLength is { } length && (long)length * Minimum <= 1000 ? length * Minimum : null;
}

internal enum RepeatKind { Greedy, Lazy, Possessive }

/// <summary>A look ahead or behind: true or false about the place, taking no characters.</summary>
internal sealed record LookNode(PatternNode Body, bool IsBehind, bool IsNegated) : PatternNode
{
    public override bool CanBeEmpty => true;
    public override int? FixedLength => 0;
}

/// <summary>A part that keeps its first match for good: <c>(?&gt;...)</c>.</summary>
internal sealed record AtomicNode(PatternNode Body) : PatternNode
{
    public override bool CanBeEmpty => Body.CanBeEmpty;
    public override int? FixedLength => Body.FixedLength;
}

internal sealed record PlaceNode(Place Place) : PatternNode
{
    public override bool CanBeEmpty => true;
    public override int? FixedLength => 0;
}

internal enum Place { TextStart, TextEnd, TextEndOrLastNewline, LineStart, LineEnd, WordBoundary, NoWordBoundary }
