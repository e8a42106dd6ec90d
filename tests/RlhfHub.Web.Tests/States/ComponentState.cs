namespace RlhfHub.Web.Tests.States;

/// <summary>What a component can look like.</summary>
[Flags]
internal enum ComponentState
{
    None = 0,
    Loading = 1,
    Empty = 2,
    One = 4,
    Many = 8,
    Error = 16,
    ReadOnly = 32,
    LongText = 64,
    RightToLeft = 128,

    /// <summary>It lists things.</summary>
    Lists = Empty | One | Many,

    /// <summary>It shows or takes what people write.</summary>
    Texts = LongText | RightToLeft,

    /// <summary>It loads what it shows, as whoever looks may see it.</summary>
    Page = Loading | Error,
}

/// <summary>Says which states of a component a test looks at.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
internal sealed class CoversAttribute(Type component, ComponentState states) : Attribute
{
    public Type Component { get; } = component;

    public ComponentState States { get; } = states;
}
