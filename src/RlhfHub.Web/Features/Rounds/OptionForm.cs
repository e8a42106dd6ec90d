using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using RlhfHub.Domain.Rounds;
using RlhfHub.Training.Peft;
using RlhfHub.Training.Trainers;

namespace RlhfHub.Web.Features.Rounds;

/// <summary>The form of a kind of run, drawn from its option record: an option that is added there appears here.</summary>
internal static class OptionForm
{
    /// <summary>Fields of the stage itself rather than of its trainer; their names begin with it.</summary>
    public const string StagePrefix = "stage.";

    // Where models lie is the round's business.
    private static readonly string[] SetByTheRound = ["reward_model_path", "held_out_reward_model_path"];

    // What most people change, in the order in which it is asked; everything else is below the fold.
    private static readonly string[] Important =
        ["learning_rate", "num_train_epochs", "max_steps", "per_device_train_batch_size", "beta", "loss_type", "kl_coef", "response_length", "temperature", "max_length", "peft_method"];

    // Texts of which only some mean anything. The records say so in their Validate.
    private static readonly Dictionary<string, IReadOnlyList<string>> Words = new()
    {
        ["peft_method"] = [.. PeftMethods.All.Select(method => method.Name)],
        ["stop_token"] = ["eos"],
        [StagePrefix + "device"] = ["auto", "cpu", "cuda"],
        [StagePrefix + "d_type"] = ["auto", "float32", "bfloat16", "float16"],
    };

    private static readonly ConcurrentDictionary<string, IReadOnlyList<OptionField>> Forms = [];

    /// <summary>The fields of a kind of run, the important ones first; empty for a kind that does not exist.</summary>
    public static IReadOnlyList<OptionField> Of(string kind) => Forms.GetOrAdd(kind, Make);

    private static IReadOnlyList<OptionField> Make(string kind)
    {
        if (TrainerKinds.Find(kind) is not { } trainer) return [];
        var options = Fields(trainer.OptionsType, Activator.CreateInstance(trainer.OptionsType)!, "").Where(field => !SetByTheRound.Contains(field.Name));
        var stage = Fields(typeof(StagePlan), new StagePlan { Kind = kind }, StagePrefix).Where(field => field.Name is StagePrefix + "seed" or StagePrefix + "device" or StagePrefix + "d_type");
        return [.. options.OrderBy(field => Rank(field.Name)), .. stage];
    }

    private static int Rank(string name) => Array.IndexOf(Important, name) is var rank and >= 0 ? rank : Important.Length;

    private static IEnumerable<OptionField> Fields(Type type, object defaults, string prefix)
    {
        NullabilityInfoContext nullability = new();
        foreach (var property in type.GetProperties().Where(property => property.CanWrite && property.IsDefined(typeof(DisplayAttribute))))
        {
            var name = prefix + JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);
            var value = property.GetValue(defaults);
            if (KindOf(property.PropertyType) is not { } kind)
            {
                foreach (var inner in Fields(property.PropertyType, value!, $"{name}.")) yield return inner;
                continue;
            }
            var display = property.GetCustomAttribute<DisplayAttribute>()!;
            var range = property.GetCustomAttribute<RangeAttribute>();
            var choices = ChoicesOf(property, name);
            yield return new OptionField
            {
                Name = name,
                EnglishLabel = display.Name!,
                EnglishHelp = display.Description!,
                Kind = kind == OptionKind.Text && choices.Count > 0 ? OptionKind.Choice : kind,
                IsNullable = property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : nullability.Create(property).WriteState == NullabilityState.Nullable,
                Least = range is null ? null : Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture),
                Most = range is null ? null : Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture),
                Choices = choices,
                Default = ToJson(value),
                IsImportant = Important.Contains(name),
            };
        }
    }

    private static OptionKind? KindOf(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(bool)) return OptionKind.Flag;
        if (type == typeof(int) || type == typeof(long)) return OptionKind.Whole;
        if (type == typeof(double)) return OptionKind.Number;
        if (type == typeof(string)) return OptionKind.Text;
        if (type.IsEnum) return OptionKind.Choice;
        return typeof(IEnumerable<string>).IsAssignableFrom(type) ? OptionKind.Texts : null;   // null: a record with options of its own
    }

    private static IReadOnlyList<string> ChoicesOf(PropertyInfo property, string name)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (!type.IsEnum) return Words.GetValueOrDefault(name, []);
        var values = property.GetCustomAttribute<AllowedValuesAttribute>()?.Values ?? [.. Enum.GetValues(type).Cast<object>()];
        return [.. values.Select(value => JsonNamingPolicy.SnakeCaseLower.ConvertName(value!.ToString()!))];
    }

    private static JsonNode? ToJson(object? value) => value switch
    {
        null => null,
        bool flag => flag,
        int whole => (long)whole,
        long whole => whole,
        double number => number,
        Enum choice => JsonNamingPolicy.SnakeCaseLower.ConvertName(choice.ToString()),
        IEnumerable<string> texts when value is not string => new JsonArray([.. texts.Select(text => (JsonNode)text)]),
        _ => value.ToString(),
    };
}
