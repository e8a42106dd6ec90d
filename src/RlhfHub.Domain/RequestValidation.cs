using System.Collections;
using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;

namespace RlhfHub.Domain;

/// <summary>Checks a request's annotations, those of the records inside it too.</summary>
public static class RequestValidation
{
    private static readonly ConcurrentDictionary<PropertyInfo, bool> Nullability = [];

    /// <summary>Checks <paramref name="request"/> and everything that it holds.</summary>
    /// <exception cref="InvalidRequestException">Something is wrong; every field that is has its sentences.</exception>
    public static void Validate(object? request)
    {
        if (request is null) throw new InvalidRequestException("", "The request holds null where an object belongs.");
        Dictionary<string, string> errors = [];
        Collect(request, "", errors, depth: 0);
        InvalidRequestException.ThrowIfAny(errors);
    }

    private static void Collect(object value, string path, Dictionary<string, string> errors, int depth)
    {
        if (depth > 8) return;
        List<ValidationResult> results = [];
        Validator.TryValidateObject(value, new ValidationContext(value), results, validateAllProperties: true);
        foreach (var result in results)
        {
            var field = result.MemberNames.FirstOrDefault() is { } member ? Join(path, member) : path;
            var sentence = result.ErrorMessage ?? "This value is not valid.";
            errors[field] = errors.TryGetValue(field, out var before) ? $"{before} {sentence}" : sentence;
        }
        foreach (var property in value.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            if (!property.PropertyType.IsValueType && IsNullFault(value, property) is { } missing) errors[Join(path, property.Name)] = missing;
            if (!HoldsRecords(property.PropertyType) || property.GetValue(value) is not { } inner) continue;
            if (inner is IEnumerable items)
            {
                var index = 0;
                foreach (var item in items)
                    if (item is not null) Collect(item, $"{Join(path, property.Name)}[{index++}]", errors, depth + 1);
            }
            else
            {
                Collect(inner, Join(path, property.Name), errors, depth + 1);
            }
        }
    }

    // Lists that JSON can hold a null in or be a null for, although the type says otherwise.
    private static string? IsNullFault(object value, PropertyInfo property)
    {
        var held = property.GetValue(value);
        if (held is null) return Nullability.GetOrAdd(property, IsNullable) ? null : "This must not be null; leave it out for the default.";
        return held is IEnumerable items and not IDictionary and not string && !HoldsNullables(property.PropertyType) && items.Cast<object?>().Contains(null) ? "An entry of this list is null; leave it out." : null;
    }

    private static bool HoldsNullables(Type type) => type.IsGenericType && type.GetGenericArguments().Any(argument => Nullable.GetUnderlyingType(argument) is not null);

    private static bool IsNullable(PropertyInfo property) => new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable || new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable;

    // Only our own records have annotations; texts and numbers are checked where they stand.
    private static bool HoldsRecords(Type type)
    {
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) return type.GetGenericArguments().Any(HoldsRecords);
        return type.IsClass && type != typeof(string) && type.Namespace?.StartsWith("RlhfHub", StringComparison.Ordinal) == true;
    }

    private static string Join(string path, string member)
    {
        var name = JsonNamingPolicy.CamelCase.ConvertName(member);
        return path.Length == 0 ? name : $"{path}.{name}";
    }
}
