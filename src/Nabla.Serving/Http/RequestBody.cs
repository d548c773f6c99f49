using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Http;

/// <summary>Reads the body of a request as a whole, within limits: what counts is what it unpacks to.</summary>
internal static class RequestBody
{
    public const string Json = "application/json";
    public const string Binary = "application/octet-stream";

    private const int FirstSize = 4096;
    private const int LargestTrustedLength = 1 << 20;

    /// <summary>The body.</summary>
    /// <param name="context">The request; its content is unpacked already where it was packed in a way that the server knows.</param>
    /// <param name="limit">How many bytes are read at most.</param>
    /// <param name="mediaTypes">The media types that it may have; a request without one is taken.</param>
    /// <exception cref="ServingException">It is too large, packed in an unknown way or not as it says, or of another media type.</exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit, params string[] mediaTypes)
    {
        RequireMediaType(context.Request, mediaTypes);
        if (context.Request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        try
        {
            return await ReadAsync(context.Request, limit, context.RequestAborted).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            throw new ServingException(ServingFault.InvalidRequest, "The body is not packed as its Content-Encoding says.", error);
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, int limit, CancellationToken cancellationToken)
    {
        // What a header claims is not allocated before as much has come.
        byte[] body = GC.AllocateUninitializedArray<byte>((int)Math.Min(request.ContentLength ?? FirstSize, LargestTrustedLength));
        int length = 0;
        while (true)
        {
            ReadResult read = await request.BodyReader.ReadAsync(cancellationToken).ConfigureAwait(false);
            long total = length + read.Buffer.Length;
            if (total > limit)
            {
                request.BodyReader.AdvanceTo(read.Buffer.End);
                throw TooLarge(limit);
            }

            if (total > body.Length)
            {
                Array.Resize(ref body, (int)Math.Max(total, Math.Min(2L * body.Length, limit)));
            }

            read.Buffer.CopyTo(body.AsSpan(length));
            length = (int)total;
            request.BodyReader.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return body.AsMemory(0, length);
            }
        }
    }

    private static void RequireMediaType(HttpRequest request, string[] mediaTypes)
    {
        if (request.Headers.ContentEncoding is [{ Length: > 0 } encoding, ..])
        {
            throw new ServingException(ServingFault.UnsupportedMediaType, $"The server reads bodies packed by gzip, br or deflate, not by '{encoding}'.");
        }

        if (request.ContentType is { } given
            && !(MediaTypeHeaderValue.TryParse(given, out MediaTypeHeaderValue? type) && Array.Exists(mediaTypes, media => type.MediaType.Equals(media, StringComparison.OrdinalIgnoreCase))))
        {
            throw new ServingException(ServingFault.UnsupportedMediaType, $"The server expects a body of {string.Join(" or ", mediaTypes)} but got '{given}'.");
        }
    }

    private static ServingException TooLarge(int limit) => new(ServingFault.TooLarge, $"The server takes requests of at most {limit} bytes, after unpacking.");
}
