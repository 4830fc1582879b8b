using System.CommandLine;
using Rag.Models;
using Rag.Models.Hub;

namespace Rag.Cli.Commands;

/// <summary>A model that is on this machine, named as people name it.</summary>
internal static class NamedModel
{
    public static Argument<string> Argument() => new("MODEL") { Description = "org/name from the cache, a folder, or a GGUF file." };

    /// <summary>Opens it; nothing is downloaded.</summary>
    /// <exception cref="UnavailableException">It is not on this machine.</exception>
    public static ModelFolder Open(string name)
    {
        if (Directory.Exists(name) || File.Exists(name) || !ModelReference.TryParse(name, out ModelReference? reference))
        {
            return ModelFolder.Open(name);
        }

        using var hub = new ModelHub();
        return hub.Find(reference) is { } found
            ? ModelFolder.Open(found.FolderPath)
            : throw new UnavailableException($"The model {name} is not on this machine; 'rag models pull {name}' fetches it.", name);
    }
}
