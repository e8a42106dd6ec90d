using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace RlhfHub.Training.Runs;

/// <summary>Fills annotated records from JSON and collects everything that is wrong, each as a sentence with file, field and what would be right.</summary>
internal sealed class RecordBinder(JsonSerializerOptions json, string file)
{
    private const int MaxShownLength = 60;
    private static readonly JsonSerializerOptions ShownOptions = new(RunJson.Compact);

    private readonly List<string> faults = [];
    private readonly NullabilityInfoContext nullability = new();

    /// <summary>A value as messages show it: JSON on one line, cut to a readable length.</summary>
    public static string Shown(JsonNode? value)
    {
        var text = value?.ToJsonString(ShownOptions) ?? "null";
        return text.Length <= MaxShownLength ? text : text[..MaxShownLength] + "…";
    }

    /// <summary>Throws all sentences as one message, a line each; does nothing when there are none.</summary>
    public static void Throw(IReadOnlyList<string> sentences)
    {
        if (sentences.Count > 0) throw new InvalidInputException(string.Join('\n', sentences));
    }

    /// <summary>Throws when anything was wrong.</summary>
    public void ThrowIfFaulty() => Throw(faults);

    /// <summary>The record for an object; where something is wrong it keeps its default.</summary>
    /// <param name="type">A class with a parameterless constructor.</param>
    /// <param name="fields">The object.</param>
    /// <param name="path">The object's field, for messages; empty for the file itself.</param>
    public object Bind(Type type, JsonObject fields, string path = "")
    {
        var faultsBefore = faults.Count;
        var record = Activator.CreateInstance(type)!;
        var options = type.GetProperties().Where(property => property.CanWrite && property.GetCustomAttribute<JsonIgnoreAttribute>() is null).ToDictionary(NameOf);
        foreach (var (name, value) in fields)
        {
            if (!options.TryGetValue(name, out var property)) faults.Add($"{file}: '{Join(path, name)}' is unknown; {Known(name, options.Keys)}");
            else if (TryRead(property, value, Join(path, name), out var result)) property.SetValue(record, result);
        }
        foreach (var (name, property) in options)
            if (property.IsDefined(typeof(RequiredMemberAttribute)) && !fields.ContainsKey(name))
                faults.Add($"{file}: '{Join(path, name)}' is missing; expected {OptionWords.Expected(property, json)}.");
        if (faults.Count == faultsBefore && record is IValidatableObject rules)
            faults.AddRange(rules.Validate(new ValidationContext(record)).Select(result => $"{file}: {(path == "" ? "" : $"'{path}': ")}{result.ErrorMessage}"));
        return record;
    }

    private bool TryRead(PropertyInfo property, JsonNode? value, string path, out object? result)
    {
        var faultsBefore = faults.Count;
        var isReadable = TryConvert(property.PropertyType, IsNullable(property), value, path, out result);
        if (faults.Count > faultsBefore) return false; // something inside it was wrong and has been said
        if (!isReadable)
        {
            faults.Add($"{file}: '{path}' is {Shown(value)}; expected {OptionWords.Expected(property, json)}.");
            return false;
        }
        foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
        {
            if (IsMet(rule, result)) continue;
            faults.Add(OptionWords.Covers(rule)
                ? $"{file}: '{path}' is {Shown(value)}; expected {OptionWords.Expected(property, json)}."
                : $"{file}: '{path}' is {Shown(value)}: {rule.FormatErrorMessage(path)}");
            return false;
        }
        return true;
    }

    private static bool IsMet(ValidationAttribute rule, object? value)
    {
        try
        {
            return rule.IsValid(value);
        }
        catch (OverflowException)
        {
            return false; // [Range] with whole numbers converts to int before it compares
        }
    }

    private bool TryConvert(Type type, bool isNullable, JsonNode? value, string path, out object? result)
    {
        result = null;
        if (value is null) return isNullable;
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(JsonObject)) return (result = (value as JsonObject)?.DeepClone()) is not null;
        if (type.IsEnum) return TryText(value, out var name) && OptionWords.EnumNames(type, json).TryGetValue(name, out result);
        if (OptionWords.ItemType(type) is { } itemType) return TryList(itemType, value, path, out result);
        if (type == typeof(string) || type == typeof(bool) || type.IsPrimitive) return TryScalar(type, value, out result);
        if (value is not JsonObject fields) return false;
        result = Bind(type, fields, path);
        return true;
    }

    private bool TryList(Type itemType, JsonNode value, string path, out object? result)
    {
        result = null;
        // One text alone is a list of one: PEFT's target_modules is "all-linear" as often as ["q_proj", "v_proj"].
        if (itemType == typeof(string) && TryText(value, out var text))
        {
            result = new[] { text };
            return true;
        }
        if (value is not JsonArray items) return false;
        var list = Array.CreateInstance(itemType, items.Count);
        for (var index = 0; index < items.Count; index++)
        {
            var faultsBefore = faults.Count;
            if (TryConvert(itemType, isNullable: false, items[index], $"{path}[{index}]", out var item)) list.SetValue(item, index);
            else if (faults.Count == faultsBefore) faults.Add($"{file}: '{path}[{index}]' is {Shown(items[index])}; expected {OptionWords.OfType(itemType, json)}.");
        }
        result = list;
        return true;
    }

    private static bool TryScalar(Type type, JsonNode node, out object? result)
    {
        result = null;
        if (node is not JsonValue value) return false;
        var isNumber = value.GetValueKind() == JsonValueKind.Number;
        if (type == typeof(string)) result = TryText(value, out var text) ? text : null;
        else if (type == typeof(bool)) result = value.TryGetValue<bool>(out var flag) ? flag : null;
        else if (type == typeof(int)) result = isNumber && value.TryGetValue<int>(out var whole) ? whole : null;
        else if (type == typeof(long)) result = isNumber && value.TryGetValue<long>(out var large) ? large : null;
        // 1e400 is valid JSON and would arrive as infinity.
        else if (type == typeof(double)) result = isNumber && value.TryGetValue<double>(out var number) && double.IsFinite(number) ? number : null;
        else throw new NotSupportedException($"Options of type {type} cannot be read; expected bool, int, long, double, string, an enum, a list or a record.");
        return result is not null;
    }

    private static bool TryText(JsonNode node, out string text)
    {
        text = "";
        return node is JsonValue value && value.GetValueKind() == JsonValueKind.String && value.TryGetValue(out text!);
    }

    private string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? json.PropertyNamingPolicy!.ConvertName(property.Name);

    private bool IsNullable(PropertyInfo property) =>
        property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : nullability.Create(property).WriteState == NullabilityState.Nullable;

    private static string Join(string path, string name) => path == "" ? name : $"{path}.{name}";

    private static string Known(string name, IEnumerable<string> known)
    {
        var (nearest, distance) = known.Select(candidate => (candidate, OptionWords.EditDistance(name, candidate))).DefaultIfEmpty(("", int.MaxValue)).MinBy(pair => pair.Item2);
        return distance <= Math.Max(2, name.Length / 4) ? $"did you mean '{nearest}'?" : $"expected one of {string.Join(", ", known)}.";
    }
}
