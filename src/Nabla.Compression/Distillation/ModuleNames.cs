using Nabla.Layers;

namespace Nabla.Compression;

/// <summary>Finds modules by their dotted names.</summary>
internal static class ModuleNames
{
    /// <summary>The module of a name within another.</summary>
    /// <param name="root">Where the search begins.</param>
    /// <param name="name">The name, such as <c>encoder.1</c>.</param>
    /// <param name="role">What the root is, for the error.</param>
    /// <exception cref="ArgumentException">There is none; the message lists what stands where the name ends.</exception>
    public static Module Find(Module root, string name, string role) => name.Split('.').Aggregate(root, (module, part) =>
        module.Children.GetValueOrDefault(part) ?? throw new ArgumentException(
            $"The {role} has no part '{name}': {module.Label} has {(module.Children.Count == 0 ? "no parts" : string.Join(", ", module.Children.Keys))}."));
}
