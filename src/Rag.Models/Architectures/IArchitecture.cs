using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Networks;

namespace Rag.Models.Architectures;

/// <summary>One model family: turns its config.json and tensor names into a network description.</summary>
internal interface IArchitecture
{
    /// <summary>The values of "model_type" that it takes.</summary>
    IReadOnlyList<string> ModelTypes { get; }

    /// <summary>Describes the network.</summary>
    /// <param name="config">The configuration.</param>
    /// <param name="weights">The tensors that are there, for families whose names vary between checkpoints.</param>
    NetworkDescription Describe(ModelConfiguration config, SafetensorsFolder weights);
}
