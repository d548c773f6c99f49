using System.Threading.RateLimiting;
using Nabla.Data;
using Nabla.Vision;

namespace Nabla.Serving.Inference;

/// <summary>
/// Decodes the pictures of requests. A file of kilobytes may become hundreds of megabytes on the way, so no more requests do it at once than the options say;
/// the next wait, and when too many wait, the others are refused.
/// </summary>
internal sealed class PictureDecoder(ServingOptions options) : IDisposable
{
    private readonly ConcurrencyLimiter places = new(new ConcurrencyLimiterOptions { PermitLimit = options.Pictures.AtOnce, QueueLimit = options.Pictures.QueueLimit });

    /// <summary>The pictures of a request as a network reads them, one after another.</summary>
    /// <param name="pictures">The files' contents.</param>
    /// <param name="label">What errors call the input.</param>
    /// <param name="preprocessing">What they become.</param>
    /// <param name="cancellationToken">Says that nobody waits for them any more, which is looked at before each.</param>
    /// <exception cref="Formats.InvalidFileException">A file is damaged or no picture.</exception>
    /// <exception cref="ServingException">A picture has too many pixels, or too many requests wait.</exception>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    public async Task<Tensor[]> DecodeAsync(
        IEnumerable<ReadOnlyMemory<byte>> pictures, string label, ImagePreprocessing preprocessing, CancellationToken cancellationToken)
    {
        using IDisposable place = await EnterAsync(cancellationToken).ConfigureAwait(false);
        List<Tensor> decoded = [];
        foreach (ReadOnlyMemory<byte> picture in pictures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            decoded.Add(Decode(picture.ToArray(), $"{label} row {decoded.Count}", preprocessing));
        }

        return [.. decoded];
    }

    /// <summary>Waits for a place among those that decode.</summary>
    /// <returns>The place; to be left when all is decoded.</returns>
    /// <exception cref="ServingException">Too many wait.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        RateLimitLease place = await places.AcquireAsync(1, cancellationToken).ConfigureAwait(false);
        return place.IsAcquired
            ? place
            : throw new ServingException(
                ServingFault.QueueFull, $"As many requests wait for their pictures to be decoded as may, {options.Pictures.QueueLimit}: ask again later.");
    }

    /// <inheritdoc/>
    public void Dispose() => places.Dispose();

    private Tensor Decode(byte[] picture, string label, ImagePreprocessing preprocessing)
    {
        (int width, int height) = ImageReader.SizeOf(picture, label);
        return (long)width * height <= options.Pictures.MaxPixels
            ? ImageReader.Decode(picture, label, preprocessing)
            : throw new ServingException(
                ServingFault.TooLarge, $"{label} expects a picture of at most {options.Pictures.MaxPixels} pixels but got {width} x {height}.");
    }
}
