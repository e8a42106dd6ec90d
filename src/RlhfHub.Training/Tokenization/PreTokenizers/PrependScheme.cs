namespace RlhfHub.Training.Tokenization.PreTokenizers;

/// <summary>When Metaspace puts its character before a text that does not begin with it.</summary>
internal enum PrependScheme { Always, First, Never }

internal static class PrependSchemes
{
    /// <summary>Reads <c>prepend_scheme</c>, or <c>add_prefix_space</c> of older files.</summary>
    public static PrependScheme Read(JsonSection section)
    {
        PrependScheme? scheme = section.FindString("prepend_scheme") switch
        {
            null => null,
            "always" => PrependScheme.Always,
            "first" => PrependScheme.First,
            "never" => PrependScheme.Never,
            _ => throw section.Require("prepend_scheme").Error("is not a prepend scheme; supported are always, first and never"),
        };
        if (section.FindBoolean("add_prefix_space", true)) return scheme ?? PrependScheme.Always;
        return scheme is null or PrependScheme.Never
            ? PrependScheme.Never
            : throw section.Error("says 'add_prefix_space' false and a 'prepend_scheme' other than never; they must agree");
    }
}
