namespace RlhfHub.Training.Models.Families;

/// <summary>Head counts and widths that must fit each other.</summary>
internal static class HeadShape
{
    public static int HeadDim(ConfigReader config, int hidden, int heads, string headsKey = "num_attention_heads") =>
        hidden % heads == 0 ? hidden / heads : throw config.Wrong(headsKey, $"a divisor of the hidden size, {hidden}");

    public static int KeyValueHeads(ConfigReader config, int heads, int? otherwise)
    {
        var keyValueHeads = config.Size("num_key_value_heads", Math.Min(otherwise ?? heads, heads));
        return heads % keyValueHeads == 0 ? keyValueHeads : throw config.Wrong("num_key_value_heads", $"a divisor of num_attention_heads, {heads}");
    }
}
