namespace Rag.Hosting.Models;

/// <summary>Where model folders come from, as far as the policy needs to know.</summary>
internal interface IModelSource
{
    /// <summary>Whether the network may be used at all.</summary>
    bool Offline { get; }

    /// <summary>The folder of a model that is on this machine whole, or null.</summary>
    string? FindLocal(string nameOrPath);

    /// <summary>The folder of a model, downloaded where need be.</summary>
    /// <exception cref="RagException">It cannot be had; says what was tried.</exception>
    Task<string> ResolveAsync(string nameOrPath, CancellationToken cancellationToken);

    /// <summary>Whether the hub answers within three seconds; not asked again within the hour after it did not.</summary>
    Task<bool> IsReachableAsync(CancellationToken cancellationToken);
}
