namespace Rag.Runtime.Tests.Sessions;

/// <summary>
/// The fixture folders that cannot be loaded yet. Every folder that is there and not named here must give the reference's
/// logits; every one named here must be refused, so that the list can neither hide a folder nor outlive its reason.
/// </summary>
internal static class UnsupportedFixtures
{
    public static IReadOnlyList<string> Names { get; } =
    [
        "falcon_h1",
        "mamba2",
    ];
}
