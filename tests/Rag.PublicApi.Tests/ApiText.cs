using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Rag.PublicApi.Tests;

/// <summary>An assembly's public surface as text: one sorted line per type and member that code outside can name or override.</summary>
internal static class ApiText
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IEnumerable<string> Lines(Assembly assembly) =>
        assembly.GetExportedTypes()
            .Where(type => !type.FullName!.Contains('<', StringComparison.Ordinal))
            .SelectMany(type => MemberLines(type).Prepend(TypeLine(type)))
            .Order(StringComparer.Ordinal);

    private static string TypeLine(Type type)
    {
        IEnumerable<Type> inherited = type.GetInterfaces();
        inherited = type.BaseType is { } parent ? inherited.Except(parent.GetInterfaces()).Prepend(parent) : inherited;
        IEnumerable<string> bases = inherited
            .Where(item => item != typeof(object) && item != typeof(ValueType) && item != typeof(Enum) && item != typeof(MulticastDelegate))
            .Select(item => TypeText.Name(item));
        string list = string.Join(", ", bases.Order(StringComparer.Ordinal));
        return $"{TypeText.FullName(type)} : {Kind(type)}{(list.Length > 0 ? " of " + list : "")}";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsInterface: true } => "interface",
        { IsValueType: true } => "struct",
        { BaseType: { } parent } when parent == typeof(MulticastDelegate) => "delegate",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract " + Class(type),
        { IsSealed: true } => "sealed " + Class(type),
        _ => Class(type),
    };

    private static string Class(Type type) => type.GetMethod("<Clone>$") is null ? "class" : "record";

    private static IEnumerable<string> MemberLines(Type type)
    {
        string owner = TypeText.FullName(type) + ".";
        bool isDelegate = type.BaseType == typeof(MulticastDelegate);
        foreach (MemberInfo member in type.GetMembers(Declared))
        {
            string? line = member switch
            {
                MethodInfo { Name: "Invoke" } method when isDelegate => MethodText(method),
                _ when isDelegate => null,
                FieldInfo field when Visible(field) && !field.IsSpecialName => FieldText(type, field),
                PropertyInfo property when property.GetAccessors(true).Any(Visible) => PropertyText(property),
                EventInfo { AddMethod: { } add } item when Visible(add) => $"event {item.Name}: {TypeText.Name(item.EventHandlerType!)}",
                ConstructorInfo constructor when Visible(constructor) => $"new({Parameters(constructor)})",
                MethodInfo method when Visible(method) && !Generated(method) => MethodText(method),
                _ => null,
            };
            if (line is not null)
            {
                yield return owner + line;
            }
        }
    }

    private static string FieldText(Type type, FieldInfo field) => type.IsEnum
        ? $"{field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
        : $"{field.Name}: {TypeText.Name(field)}{(field.IsLiteral ? " const = " + Literal(field.GetRawConstantValue()) : "")}";

    private static string PropertyText(PropertyInfo property)
    {
        ParameterInfo[] index = property.GetIndexParameters();
        string name = index.Length > 0 ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name;
        string get = property.GetMethod is { } getter && Visible(getter) ? " get;" : "";
        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? " required" : "";
        string set = property.SetMethod is { } setter && Visible(setter) ? required + (IsInit(setter) ? " init;" : " set;") : "";
        return $"{name} {{{get}{set} }}: {Modifier(property.GetAccessors(true)[0])}{TypeText.Name(property)}";
    }

    private static string MethodText(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(item => item.Name))}>" : "";
        string returns = method.ReturnType == typeof(void) ? "void" : TypeText.Name(method.ReturnParameter);
        return $"{method.Name}{generic}({Parameters(method)}): {Modifier(method)}{returns}";
    }

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        string direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        string value = parameter.HasDefaultValue ? " = " + Literal(parameter.RawDefaultValue) : "";
        return $"{direction}{TypeText.Name(parameter)} {parameter.Name}{value}";
    }

    private static string Modifier(MethodBase method) => method switch
    {
        { IsStatic: true } => "static ",
        { DeclaringType.IsInterface: true } => "",
        { IsAbstract: true } => "abstract ",
        MethodInfo item when item.GetBaseDefinition() != item => "override ",
        { IsVirtual: true, IsFinal: false } => "virtual ",
        _ => "",
    };

    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static bool Visible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool Visible(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    /// <summary>Accessors belong to their property; a record's own methods are the compiler's. Operators written by hand stay.</summary>
    private static bool Generated(MethodInfo method) =>
        method.IsDefined(typeof(CompilerGeneratedAttribute)) || (method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal));
}
