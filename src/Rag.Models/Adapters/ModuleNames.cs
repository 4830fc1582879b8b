namespace Rag.Models.Adapters;

/// <summary>
/// Names of modules in adapters and in checkpoints. Both count from a model's root, but some checkpoints are of the network
/// without its head, and then lack the first parts of the names.
/// </summary>
internal static class ModuleNames
{
    /// <summary>The adapter's name for a module of a checkpoint; null where it has none.</summary>
    public static string? Find(IReadOnlyCollection<string> adapterModules, string module) =>
        adapterModules.Contains(module) ? module : adapterModules.FirstOrDefault(name => EndsWith(name, module) || EndsWith(module, name));

    /// <summary>The module that a stored matrix belongs to.</summary>
    public static string OfTensor(string tensor) => tensor.EndsWith(".weight", StringComparison.Ordinal) ? tensor[..^".weight".Length] : tensor;

    private static bool EndsWith(string name, string end) =>
        name.Length > end.Length && name[^(end.Length + 1)] == '.' && name.EndsWith(end, StringComparison.Ordinal);
}
