using System.Diagnostics.CodeAnalysis;

namespace RlhfHub.Training.Tokenization.Templates.Evaluation;

/// <summary>Variables. Loops, macros and blocks have a scope of their own: they see what is around them, and what they set ends with them.</summary>
internal sealed class Scope(Scope? outer)
{
    private Dictionary<string, object?>? variables;

    public void Set(string name, object? value) => (variables ??= [])[name] = value;

    public bool TryGet(string name, [MaybeNullWhen(false)] out object? value)
    {
        for (var scope = this; scope is not null; scope = scope.Outer)
        {
            if (scope.variables is { } found && found.TryGetValue(name, out value))
                return true;
        }

        value = null;
        return false;
    }

    private Scope? Outer { get; } = outer;
}
