using System.Text.Json;
using Rag.Models.Adapters;
using Rag.Runtime.Sessions;

namespace Rag.Runtime.Verification;

/// <summary>The cases of a decoder with each of the adapters that expected.json names.</summary>
internal sealed class AdapterCases(ExpectedOutputs expected, double tolerance, CancellationToken cancellationToken)
{
    private readonly (string Name, string Folder, JsonElement Json)[] _adapters = expected.Root.TryGetProperty("adapters", out _)
        ? [.. expected.Require(expected.Root, "adapters", JsonValueKind.Object).EnumerateObject().Select(adapter => (adapter.Name, Folder(expected, adapter), adapter.Value))]
        : [];

    /// <summary>The layers that the model must be loaded for; null for none.</summary>
    public AdapterTargets? Targets() => _adapters.Length == 0 ? null : AdapterTargets.Of(_adapters.Select(adapter => adapter.Folder));

    public IEnumerable<VerificationCase> Run(OnnxDecoderModel model)
    {
        foreach ((string name, string folder, JsonElement json) in _adapters)
        {
            using DecoderAdapter adapter = model.LoadAdapter(folder);
            foreach (VerificationCase found in new DecoderCases(model, expected, tolerance, cancellationToken, adapter).Run(json))
            {
                yield return found with { Name = $"{name}: {found.Name}" };
            }
        }
    }

    // Its name is its folder's, unless it says otherwise.
    private static string Folder(ExpectedOutputs expected, JsonProperty adapter) => expected.Beside(
        adapter.Value.ValueKind == JsonValueKind.Object && adapter.Value.TryGetProperty("folder", out JsonElement folder) ? expected.Text(folder) : adapter.Name);
}
