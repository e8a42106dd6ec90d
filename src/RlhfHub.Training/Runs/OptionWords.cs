using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;

namespace RlhfHub.Training.Runs;

/// <summary>What an option may be, in words for messages.</summary>
internal static class OptionWords
{
    /// <summary>Whether <see cref="Expected"/> says what the rule demands.</summary>
    public static bool Covers(ValidationAttribute rule) => rule is RangeAttribute or AllowedValuesAttribute or RequiredAttribute or MinLengthAttribute { Length: 1 };

    /// <summary>Such as <c>a whole number from 1 to 1024</c>.</summary>
    public static string Expected(PropertyInfo property, JsonSerializerOptions json)
    {
        if (property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed)
            return $"one of {string.Join(", ", allowed.Values.Select(value => RecordBinder.Shown(JsonSerializer.SerializeToNode(value, json))))}";
        var words = OfType(property.PropertyType, json);
        if (property.IsDefined(typeof(RequiredAttribute)) || property.GetCustomAttribute<MinLengthAttribute>() is { Length: 1 }) words += " that is not empty";
        return property.GetCustomAttribute<RangeAttribute>() is { } range ? $"{words} {Bounds(range, property.PropertyType)}" : words;
    }

    /// <summary>Such as <c>a whole number</c>.</summary>
    public static string OfType(Type type, JsonSerializerOptions json)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsEnum) return $"one of {string.Join(", ", EnumNames(type, json).Keys)}";
        if (type == typeof(string)) return "a text";
        if (type == typeof(bool)) return "true or false";
        if (type == typeof(int) || type == typeof(long)) return "a whole number";
        if (type == typeof(double)) return "a number";
        return ItemType(type) is null ? "an object" : "a list";
    }

    /// <summary>An enum's values by the names that files use.</summary>
    public static Dictionary<string, object?> EnumNames(Type type, JsonSerializerOptions json) =>
        Enum.GetValues(type).Cast<object>().ToDictionary(value => JsonSerializer.SerializeToNode(value, type, json)!.GetValue<string>(), value => (object?)value);

    /// <summary>What a list holds; null for other types.</summary>
    public static Type? ItemType(Type type) =>
        type.IsArray ? type.GetElementType() : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? type.GetGenericArguments()[0] : null;

    /// <summary>How many letters must be changed, added or left out (Levenshtein).</summary>
    public static int EditDistance(string first, string second)
    {
        var row = Enumerable.Range(0, second.Length + 1).ToArray();
        for (var i = 1; i <= first.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= second.Length; j++)
            {
                var changed = diagonal + (first[i - 1] == second[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }

    private static string Bounds(RangeAttribute range, Type type)
    {
        // A bound that is the type's own says nothing.
        type = Nullable.GetUnderlyingType(type) ?? type;
        var largest = type == typeof(int) ? int.MaxValue : type == typeof(long) ? long.MaxValue : double.MaxValue;

        var minimum = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture);
        var maximum = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        var hasMinimum = minimum > -largest;
        var hasMaximum = maximum < largest;
        if (hasMinimum && hasMaximum && !range.MinimumIsExclusive && !range.MaximumIsExclusive) return $"from {Text(range.Minimum)} to {Text(range.Maximum)}";
        var lower = range.MinimumIsExclusive ? $"above {Text(range.Minimum)}" : $"of at least {Text(range.Minimum)}";
        var upper = range.MaximumIsExclusive ? $"below {Text(range.Maximum)}" : $"of at most {Text(range.Maximum)}";
        return hasMinimum && hasMaximum ? $"{lower} and {upper}" : hasMaximum ? upper : lower;
    }

    private static string Text(object bound) => Convert.ToString(bound, CultureInfo.InvariantCulture)!;
}
