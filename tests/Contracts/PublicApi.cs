using System.Reflection;
using System.Runtime.CompilerServices;

namespace ConnectorPlatform.Tests.Contracts;

/// <summary>Writes an assembly's public API as text, one line a member, in an order of its own.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe(Assembly assembly) => string.Concat(assembly.GetExportedTypes()
        .OrderBy(type => type.FullName, StringComparer.Ordinal)
        .Select(type => $"{Kind(type)} {type.FullName}\n{string.Concat(MembersOf(type).Select(Describe).Order(StringComparer.Ordinal).Select(line => $"    {line}\n"))}"));

    /// <summary>What a type declares for others, without what the compiler adds to records.</summary>
    public static IEnumerable<MemberInfo> MembersOf(Type type) => type.GetMembers(Declared).Where(member => member switch
    {
        FieldInfo field => field.IsPublic && !field.IsSpecialName,
        PropertyInfo property => property.GetMethod!.IsPublic && property.Name != "EqualityContract",
        ConstructorInfo constructor => IsForOthers(constructor) && !IsCopy(constructor),
        MethodInfo method => IsForOthers(method) && !method.IsSpecialName && !method.IsDefined(typeof(CompilerGeneratedAttribute)),
        _ => false,
    });

    private static bool IsCopy(ConstructorInfo constructor) =>
        constructor.GetParameters() is [{ ParameterType: var only }] && only == constructor.DeclaringType;

    private static bool IsForOthers(MethodBase method) => method.IsPublic || method.IsFamily;

    private static string Kind(Type type) =>
        type.IsEnum ? "enum" : type.IsInterface ? "interface" : type.IsAbstract ? "abstract class" : type.IsSealed ? "sealed class" : "class";

    private static string Describe(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } field => $"{field.Name} = {field.GetRawConstantValue()}",
        PropertyInfo property => $"{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}{Name(Nullability.Create(property))} {property.Name} {{ get; {Setter(property)}}}",
        ConstructorInfo constructor => $"{(constructor.IsFamily ? "protected " : "")}new({Parameters(constructor)})",
        MethodInfo method => $"{(method.IsAbstract ? "abstract " : "")}{Name(Nullability.Create(method.ReturnParameter))} {method.Name}{Generic(method)}({Parameters(method)})",
        _ => member.ToString()!,
    };

    private static string Setter(PropertyInfo property) =>
        property.SetMethod is not { } setter ? ""
        : setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; "
        : "set; ";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "")}"));

    private static string Generic(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";

    private static string Name(NullabilityInfo info)
    {
        if (Nullable.GetUnderlyingType(info.Type) is { } value)
        {
            return $"{value.Name}?";
        }

        var name = info.ElementType is { } element ? $"{Name(element)}[]"
            : info.GenericTypeArguments.Length > 0 ? $"{info.Type.Name.Split('`')[0]}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>"
            : info.Type.Name;
        return info.ReadState == NullabilityState.Nullable && !info.Type.IsGenericParameter ? $"{name}?" : name;
    }
}
