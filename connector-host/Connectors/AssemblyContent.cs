using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace ConnectorPlatform.Host.Connectors;

/// <summary>What the metadata of an assembly tells of the contract; none of its code runs.</summary>
/// <param name="File">File name.</param>
/// <param name="ContractVersion">The contract's version that the assembly was compiled for; null when it does not use the contract.</param>
/// <param name="Connectors">The classes that implement the contract.</param>
internal sealed record AssemblyContent(string File, Version? ContractVersion, IReadOnlyList<ConnectorClass> Connectors)
{
    private static readonly string ContractAssembly = typeof(IConnector).Assembly.GetName().Name!;

    /// <summary>Null for a library without .NET metadata, such as a native one.</summary>
    /// <exception cref="BadImageFormatException">The file is no library, or a part of it is missing.</exception>
    public static AssemblyContent? Read(string path)
    {
        using var stream = System.IO.File.OpenRead(path);
        using var image = new PEReader(stream);
        if (image.PEHeaders.SectionHeaders.Any(section => section.PointerToRawData + (long)section.SizeOfRawData > stream.Length))
        {
            throw new BadImageFormatException("A section ends behind the end of the file.");
        }

        if (!image.HasMetadata)
        {
            return null;
        }

        var metadata = image.GetMetadataReader();
        var contract = metadata.AssemblyReferences.Select(metadata.GetAssemblyReference)
            .Where(reference => metadata.StringComparer.Equals(reference.Name, ContractAssembly))
            .Select(reference => reference.Version)
            .FirstOrDefault();
        return new(
            Path.GetFileName(path),
            contract,
            contract is null ? [] : [.. metadata.TypeDefinitions.Where(type => IsConnector(metadata, type)).Select(type => Describe(metadata, type))]);
    }

    private static bool IsConnector(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        return (type.Attributes & TypeAttributes.Interface) == 0 && Implements(metadata, type);
    }

    private static bool Implements(MetadataReader metadata, TypeDefinition type) =>
        type.GetInterfaceImplementations().Any(implementation => IsContract(metadata, metadata.GetInterfaceImplementation(implementation).Interface))
        || IsContract(metadata, type.BaseType);

    private static bool IsContract(MetadataReader metadata, EntityHandle type)
    {
        if (type.Kind == HandleKind.TypeDefinition && !type.IsNil)
        {
            return Implements(metadata, metadata.GetTypeDefinition((TypeDefinitionHandle)type));
        }

        if (type.Kind != HandleKind.TypeReference || type.IsNil)
        {
            return false;
        }

        var reference = metadata.GetTypeReference((TypeReferenceHandle)type);
        return reference.ResolutionScope.Kind == HandleKind.AssemblyReference
            && metadata.StringComparer.Equals(reference.Name, nameof(IConnector))
            && metadata.StringComparer.Equals(
                metadata.GetAssemblyReference((AssemblyReferenceHandle)reference.ResolutionScope).Name, ContractAssembly);
    }

    private static ConnectorClass Describe(MetadataReader metadata, TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var obstacle =
            (type.Attributes & TypeAttributes.Abstract) != 0 ? "is abstract"
            : type.GetGenericParameters().Count > 0 ? "has type parameters"
            : !type.GetMethods().Any(method => IsPlainConstructor(metadata, metadata.GetMethodDefinition(method))) ? "has no public constructor without parameters"
            : null;
        return new(NameOf(metadata, type), obstacle);
    }

    private static bool IsPlainConstructor(MetadataReader metadata, MethodDefinition method)
    {
        if (!metadata.StringComparer.Equals(method.Name, ".ctor")
            || (method.Attributes & MethodAttributes.MemberAccessMask) != MethodAttributes.Public)
        {
            return false;
        }

        var signature = metadata.GetBlobReader(method.Signature);
        signature.ReadSignatureHeader();
        return signature.ReadCompressedInteger() == 0;
    }

    private static string NameOf(MetadataReader metadata, TypeDefinition type)
    {
        var name = metadata.GetString(type.Name);
        if (!type.GetDeclaringType().IsNil)
        {
            return $"{NameOf(metadata, metadata.GetTypeDefinition(type.GetDeclaringType()))}+{name}";
        }

        return type.Namespace.IsNil ? name : $"{metadata.GetString(type.Namespace)}.{name}";
    }
}

/// <summary>A class that implements the contract.</summary>
/// <param name="Name">Full name as reflection writes it.</param>
/// <param name="Obstacle">Why the host cannot create it; null when it can.</param>
internal sealed record ConnectorClass(string Name, string? Obstacle);
