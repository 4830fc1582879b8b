namespace Rag.Hosting.Models;

/// <summary>The outcome of the policy.</summary>
/// <param name="Reference">How the model was named: "org/name" or a full path; null for none.</param>
/// <param name="Folder">Its folder on this machine; null for none.</param>
/// <param name="Notice">A sentence for the person, where there is something to know.</param>
internal sealed record ModelChoice(string? Reference, string? Folder, string? Notice);
