using System.Runtime.CompilerServices;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>What is left of a rendering's <see cref="TemplateLimits"/>. Everything that costs time or memory is paid for before it is done.</summary>
internal sealed class Budget(TemplateLimits limits)
{
    private long steps = limits.Steps;
    private long characters = limits.TextCharacters;
    private int depth;

    /// <summary>Pays for so many expressions, statements or items.</summary>
    public void Step(long count = 1)
    {
        if ((steps -= count) < 0)
            throw new TemplateFault($"the template takes more than {limits.Steps} steps");
    }

    /// <summary>Pays for a filter or test with its arguments.</summary>
    public void Call() => Step(4);

    /// <summary>Pays for making text.</summary>
    public void Text(long length)
    {
        if ((characters -= length) < 0)
            throw new TemplateFault($"the template makes more than {limits.TextCharacters} characters of text");
    }

    /// <summary>Pays for reading through text, which is far cheaper than making it.</summary>
    public void Scan(long length) => Step(1 + length / 64);

    /// <summary>Pays for walking through text character by character, as counting them in Python's way takes.</summary>
    public void Walk(long length) => Step(1 + length / 16);

    /// <summary>Pays for looking for one text in another: in the worst case each place matches almost to the end.</summary>
    public void Search(long length, long soughtLength) => Step(1 + length / 64 + length * soughtLength / 1024);

    /// <summary>Goes one level deeper. A stack that overflows would end the process, so the thread's own room counts too.</summary>
    public void Enter()
    {
        Step();
        if (++depth > limits.EvaluationDepth || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw new TemplateFault($"the template nests deeper than {limits.EvaluationDepth} levels");
    }

    /// <summary>Comes back from <see cref="Enter"/>. Not called when a fault ends the rendering.</summary>
    public void Leave() => depth--;
}
