using System.Collections;
using System.Reflection;

namespace RlhfHub.Tests.Shared;

/// <summary>A value of any type that a request can have: well formed, if without sense.</summary>
internal static class SampleValue
{
    public static object? Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is not null) return null;
        if (type == typeof(string)) return "sample-text";
        if (type == typeof(Guid)) return Guid.NewGuid();
        if (type == typeof(Stream)) return new MemoryStream("sample"u8.ToArray());
        if (type == typeof(DateTime)) return new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        if (type == typeof(CancellationToken)) return CancellationToken.None;
        if (type == typeof(byte[])) return new byte[] { 1, 2, 3 };
        if (type.IsEnum) return Enum.GetValues(type).GetValue(type.GetEnumValues().Length - 1);
        if (type.IsValueType) return type == typeof(bool) ? false : Activator.CreateInstance(type) is var zero && type.IsPrimitive ? Convert.ChangeType(1, type, null) : zero;
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type)) return Empty(type);
        if (type.IsAbstract) return Of(type.Assembly.GetTypes().First(derived => derived.IsSubclassOf(type)));
        return Make(type);
    }

    private static object Empty(Type type)
    {
        var arguments = type.GetGenericArguments();
        return arguments.Length == 2 ? Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(arguments))! : Array.CreateInstance(arguments[0], 0);
    }

    private static object Make(Type type)
    {
        var constructor = type.GetConstructors(BindingFlags.Public | BindingFlags.Instance).OrderBy(candidate => candidate.GetParameters().Length).First();
        var made = constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.HasDefaultValue ? parameter.DefaultValue : Of(parameter.ParameterType))]);
        foreach (var property in type.GetProperties().Where(property => property.GetCustomAttribute<System.Runtime.CompilerServices.RequiredMemberAttribute>() is not null))
            property.SetValue(made, Of(property.PropertyType));
        return made;
    }
}
