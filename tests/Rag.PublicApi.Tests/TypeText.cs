using System.Reflection;

namespace Rag.PublicApi.Tests;

/// <summary>Names of types as C# writes them: generic arguments, nullable annotations, keywords for the built-in ones.</summary>
internal static class TypeText
{
    private static readonly Dictionary<Type, string> Keywords = new()
    {
        [typeof(bool)] = "bool", [typeof(byte)] = "byte", [typeof(char)] = "char", [typeof(double)] = "double", [typeof(float)] = "float",
        [typeof(int)] = "int", [typeof(long)] = "long", [typeof(object)] = "object", [typeof(sbyte)] = "sbyte", [typeof(short)] = "short",
        [typeof(string)] = "string", [typeof(uint)] = "uint", [typeof(ulong)] = "ulong", [typeof(ushort)] = "ushort", [typeof(void)] = "void",
    };

    /// <summary>Namespace, outer types and name of a declared type.</summary>
    public static string FullName(Type type) => type.Namespace + "." + Name(type);

    // A context keeps state and is not safe for concurrent use: one per question.
    public static string Name(ParameterInfo parameter) => Name(parameter.ParameterType, new NullabilityInfoContext().Create(parameter));

    public static string Name(PropertyInfo property) => Name(property.PropertyType, new NullabilityInfoContext().Create(property));

    public static string Name(FieldInfo field) => Name(field.FieldType, new NullabilityInfoContext().Create(field));

    public static string Name(Type type, NullabilityInfo? nullability = null)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return Name(value) + "?";
        }

        bool state = nullability is { ReadState: NullabilityState.Nullable } or { WriteState: NullabilityState.Nullable };
        return Bare(type, nullability) + (state && !type.IsValueType ? "?" : "");
    }

    private static string Bare(Type type, NullabilityInfo? nullability)
    {
        if (Keywords.TryGetValue(type, out string? keyword))
        {
            return keyword;
        }

        if (type.IsArray)
        {
            return $"{Name(type.GetElementType()!, nullability?.ElementType)}[{new string(',', type.GetArrayRank() - 1)}]";
        }

        if (type.IsPointer)
        {
            return Name(type.GetElementType()!) + "*";
        }

        string outer = type is { IsNested: true, IsGenericParameter: false } ? Bare(type.DeclaringType!, null) + "." : "";
        string name = type.Name.Split('`')[0];
        if (!type.IsGenericType || !type.Name.Contains('`', StringComparison.Ordinal))
        {
            return outer + name;
        }

        NullabilityInfo[] states = nullability?.GenericTypeArguments ?? [];
        IEnumerable<string> arguments = type.GetGenericArguments().Select((item, i) => Name(item, i < states.Length ? states[i] : null));
        return $"{outer}{name}<{string.Join(", ", arguments)}>";
    }
}
