using System.Numerics.Tensors;
using Rag.Models;
using Rag.Models.Configuration;
using Rag.Models.Formats.Safetensors;
using Rag.Models.Hub;
using Rag.Models.Networks.Heads;
using Rag.Runtime.Heads;
using Rag.Runtime.Sessions;
using Rag.Runtime.Vision;

namespace Rag.Runtime.ImageText;

/// <summary>
/// Texts and images to vectors of one space, in which a picture lies near to what says what is on it, with a CLIP model
/// (Radford et al., arXiv 2103.00020) that runs in this process. Thread-safe. All vectors have length 1, so that their dot product
/// is their cosine. A vector does not depend on the other inputs of a call beyond rounding.
/// </summary>
public sealed class ImageTextEncoder : IDisposable
{
    private readonly HeadModel _texts;
    private readonly OnnxImageSession _images;
    private readonly ImagePreprocessor _preprocessor;
    private readonly ImageTextEncoderOptions _options;

    private ImageTextEncoder(HeadModel texts, OnnxImageSession images, ImagePreprocessor preprocessor, float scale, ImageTextEncoderOptions options)
    {
        (_texts, _images, _preprocessor, _options) = (texts, images, preprocessor, options);
        Scale = scale;
    }

    /// <summary>Numbers of a vector.</summary>
    public int Dimensions => _images.Width;

    /// <summary>Tokens of a text, special tokens included, after which it is cut.</summary>
    public int MaxTokens => _texts.MaxTokens;

    /// <summary>What cosines are multiplied by before a softmax makes probabilities of them, as the model was trained.</summary>
    public float Scale { get; }

    /// <summary>A sentence that says why the device asked for is not used; null where it is.</summary>
    public string? DeviceNotice => _texts.DeviceNotice;

    /// <summary>Loads a model folder.</summary>
    /// <param name="path">A folder with config.json, safetensors weights, tokenizer.json and preprocessor_config.json; names of the hub go through <see cref="ModelHub"/>.</param>
    /// <param name="options">How to load and run it; null for the defaults.</param>
    /// <exception cref="UnavailableException">The folder, or a file that is needed, is not there.</exception>
    /// <exception cref="UnsupportedException">The model is no CLIP, or a setting of it is not supported.</exception>
    /// <exception cref="IncompatibleException">A tensor is missing or has the wrong shape.</exception>
    /// <exception cref="CorruptException">A file breaks its format.</exception>
    public static ImageTextEncoder Load(string path, ImageTextEncoderOptions? options = null) => Load(ModelFolder.Open(path), options);

    /// <summary>Loads an open model folder.</summary>
    /// <inheritdoc cref="Load(string, ImageTextEncoderOptions?)"/>
    public static ImageTextEncoder Load(ModelFolder folder, ImageTextEncoderOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ImageTextEncoderOptions kept = (ImageTextEncoderOptions)(options ?? new ImageTextEncoderOptions()).Copy();
        kept.Validate();
        ImageConfiguration configuration = ImageConfiguration.Read(folder.FolderPath);
        float scale = ReadScale(folder);
        OnnxImageSession images = OnnxImageSession.Load(folder, kept.Runtime);
        try
        {
            ImagePreprocessor preprocessor = new(configuration, images.ImageSize, kept.MaxResizedPixels, folder.FolderPath);
            return images.Channels == 3
                ? new ImageTextEncoder(HeadModel.Load(folder, HeadKind.TextVector, kept), images, preprocessor, scale, kept)
                : throw new UnsupportedException($"The model {folder.FolderPath} takes images of {images.Channels} colours; three are supported.", folder.FolderPath);
        }
        catch
        {
            images.Dispose();
            throw;
        }
    }

    /// <summary>Encodes texts.</summary>
    /// <param name="texts">The texts; any number.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>A vector per text, in their order.</returns>
    /// <exception cref="LimitExceededException">A text is longer than <see cref="HeadModelOptions.MaxCharacters"/>.</exception>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<float[]> EncodeTexts(IReadOnlyList<string> texts, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        float[][] results = new float[texts.Count][];
        _texts.Run(results.Length, i => TokenRow.Of(_texts.Encode(texts[i])), (i, vector) => results[i] = vector.ToArray(), cancellationToken);
        return results;
    }

    /// <summary>Encodes images; <see cref="Vision.Png.PngReader"/> reads them from files.</summary>
    /// <param name="images">The images, of any sizes; any number.</param>
    /// <param name="cancellationToken">Ends the work, also within a batch.</param>
    /// <returns>A vector per image, in their order.</returns>
    /// <exception cref="CorruptException">The model gives numbers that are not finite.</exception>
    /// <exception cref="LimitExceededException">An image is so long and thin that it would become huge.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public IReadOnlyList<float[]> EncodeImages(IReadOnlyList<PixelImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        float[][] results = new float[images.Count][];
        float[] numbers = new float[Math.Min(images.Count, _options.BatchImages) * _images.PixelValues];
        for (int start = 0; start < results.Length; start += _options.BatchImages)
        {
            int batch = Math.Min(_options.BatchImages, results.Length - start);
            for (int i = 0; i < batch; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _preprocessor.Write(images[start + i], numbers.AsSpan(i * _images.PixelValues, _images.PixelValues));
            }

            float[] vectors = new float[batch * Dimensions];
            _images.Run(numbers.AsSpan(0, batch * _images.PixelValues), batch, vectors, cancellationToken);
            if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(vectors)))
            {
                throw new CorruptException($"The model {_texts.Name} gives numbers that are not finite.", _texts.Name);
            }

            for (int i = 0; i < batch; i++)
            {
                results[start + i] = vectors[(i * Dimensions)..((i + 1) * Dimensions)];
            }
        }

        return results;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _texts.Dispose();
        _images.Dispose();
    }

    private static float ReadScale(ModelFolder folder)
    {
        using SafetensorsFolder weights = folder.OpenWeights();
        float[] logarithm = weights.ReadSingles("logit_scale");
        return logarithm is [var value] && float.IsFinite(value)
            ? MathF.Exp(value)
            : throw new IncompatibleException($"The model folder {folder.FolderPath} holds 'logit_scale' not as one finite number.", folder.FolderPath);
    }
}
