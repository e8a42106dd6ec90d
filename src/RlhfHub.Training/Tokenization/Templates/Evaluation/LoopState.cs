using RlhfHub.Training.Tokenization.Templates.Values;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>The variable <c>loop</c> inside a for.</summary>
internal sealed class LoopState(IReadOnlyList<object?> items)
{
    private IReadOnlyList<object?>? lastChanged;

    public int Index { get; set; }

    public bool TryGetAttribute(string name, out object? value)
    {
        object? NotThere(string which) => new Undefined($"there is no {which} item");

        value = name switch
        {
            "index" => Index + 1L,
            "index0" => (long)Index,
            "first" => Index == 0,
            "last" => Index == items.Count - 1,
            "length" => (long)items.Count,
            "revindex" => (long)items.Count - Index,
            "revindex0" => (long)items.Count - Index - 1,
            "previtem" => Index > 0 ? items[Index - 1] : NotThere("previous"),
            "nextitem" => Index < items.Count - 1 ? items[Index + 1] : NotThere("next"),
            // Only recursive loops go deeper, and there are none.
            "depth" => 1L,
            "depth0" => 0L,
            "cycle" => new BuiltinFunction(Cycle),
            "changed" => new BuiltinFunction(HasChanged),
            _ => this,
        };
        return !ReferenceEquals(value, this);
    }

    private object? Cycle(TemplateRun run, Arguments arguments)
    {
        var choices = arguments.TakeRest();
        arguments.RequireAllTaken();
        return choices.Count > 0 ? choices[Index % choices.Count] : throw new TemplateFault("loop.cycle needs at least one argument");
    }

    private object? HasChanged(TemplateRun run, Arguments arguments)
    {
        var now = arguments.TakeRest();
        arguments.RequireAllTaken();
        var isSame = lastChanged is not null && PyEquality.AreEqual(new PyTuple(lastChanged), new PyTuple(now), run.Budget);
        lastChanged = now;
        return !isSame;
    }
}
