namespace Rag.Models.Configuration;

/// <summary>
/// Rotary position settings in one form. transformers 5 writes "rope_parameters" {rope_type, rope_theta, ...}; earlier
/// versions write "rope_theta" beside "rope_scaling" {type or rope_type, factor, ...}.
/// </summary>
internal sealed record RopeConfiguration
{
    /// <summary>"default", "linear", "llama3", "dynamic", "yarn", "longrope".</summary>
    public required string Type { get; init; }

    /// <summary>The base of the frequencies.</summary>
    public required double Theta { get; init; }

    /// <summary>The part of a head's dimensions that is rotated.</summary>
    public required double PartialRotaryFactor { get; init; }

    /// <summary>The object that holds the settings of the type; null where there is none.</summary>
    public ModelConfiguration? Settings { get; init; }

    public static RopeConfiguration Read(ModelConfiguration config, double defaultTheta, double defaultPartial = 1)
    {
        ModelConfiguration? settings = config.Section("rope_parameters") ?? config.Section("rope_scaling");
        return new RopeConfiguration
        {
            Type = settings?.String("rope_type") ?? settings?.String("type") ?? "default",
            Theta = Positive(settings?.OptionalDouble("rope_theta") ?? config.Double("rope_theta", defaultTheta), config),
            PartialRotaryFactor = settings?.OptionalDouble("partial_rotary_factor") ?? config.Double("partial_rotary_factor", defaultPartial),
            Settings = settings,
        };
    }

    private static double Positive(double theta, ModelConfiguration config) =>
        theta > 0 ? theta : throw new CorruptException($"{config.Path}: 'rope_theta' must be above 0.", config.Path);
}
