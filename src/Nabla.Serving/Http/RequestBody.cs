using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Net.Http.Headers;
using Nabla.Serving.Inference;

namespace Nabla.Serving.Http;

/// <summary>Reads the body of a request as a whole, within limits: what counts is what it unpacks to.</summary>
internal static class RequestBody
{
    public const string Json = "application/json";
    public const string Binary = "application/octet-stream";

    /// <summary>The media types of tensors.</summary>
    public static readonly string[] JsonOrBinary = [Json, Binary];

    /// <summary>The media types of JSON from curl too, which calls a body a form where nothing else is said. For what changes nothing: a page of another origin can send these.</summary>
    public static readonly string[] JsonOrUnsaid = [Json, "application/x-www-form-urlencoded", "text/plain"];

    private const int FirstSize = 4096;
    private const int LargestTrustedLength = 1 << 20;

    /// <summary>The body, in memory of its own.</summary>
    /// <inheritdoc cref="RentAsync(HttpContext, int, string[])"/>
    public static async ValueTask<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit, params string[] mediaTypes)
    {
        ReadOnlyMemory<byte> lent = await RentAsync(context, limit, mediaTypes).ConfigureAwait(false);
        byte[] body = lent.ToArray();
        Return(lent);
        return body;
    }

    /// <summary>Gives back a body that nothing refers to any more.</summary>
    public static void Return(ReadOnlyMemory<byte> body)
    {
        if (MemoryMarshal.TryGetArray(body, out ArraySegment<byte> segment))
        {
            Return(segment.Array!);
        }
    }

    /// <summary>The body, in memory that is lent; what is not given back, as after a failure, is as good.</summary>
    /// <param name="context">The request; its content is unpacked already where it was packed in a way that the server knows.</param>
    /// <param name="limit">How many bytes are read at most.</param>
    /// <param name="mediaTypes">The media types that it may have; a request without one is taken.</param>
    /// <exception cref="ServingException">It is too large, packed in an unknown way or not as it says, or of another media type; or there is no room.</exception>
    /// <exception cref="BadHttpRequestException">It does not come in time.</exception>
    public static ValueTask<ReadOnlyMemory<byte>> RentAsync(HttpContext context, int limit, params string[] mediaTypes)
    {
        RequireMediaType(context.Request, mediaTypes);
        if (context.Request.ContentLength > limit)
        {
            throw TooLarge(limit);
        }

        PipeReader reader = context.Request.BodyReader;
        if (!reader.TryRead(out ReadResult read))
        {
            return RentSlowlyAsync(context, limit);
        }

        if (!read.IsCompleted || read.Buffer.Length > Math.Min(limit, BodyBudget.LargestUncounted))
        {
            reader.AdvanceTo(read.Buffer.Start);
            return RentSlowlyAsync(context, limit);
        }

        int length = (int)read.Buffer.Length;
        byte[] body = ArrayPool<byte>.Shared.Rent(length);
        read.Buffer.CopyTo(body);
        reader.AdvanceTo(read.Buffer.End);
        return new(body.AsMemory(0, length));
    }

    /// <summary>When the body began to come, as a <see cref="TimeProvider"/> counts; null where it was there at once.</summary>
    public static long? ArrivalOf(HttpContext context) => context.Features.Get<BodyShare>()?.Arrived;

    // What is not there at once, or is large, has a deadline and a share of what all bodies may have together.
    private static async ValueTask<ReadOnlyMemory<byte>> RentSlowlyAsync(HttpContext context, int limit)
    {
        BodyBudget budget = context.RequestServices.GetRequiredService<BodyBudget>();
        BodyShare share = budget.Begin();
        context.Response.RegisterForDispose(share);
        context.Features.Set(share);
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(budget.Patience);
        try
        {
            return await RentAsync(context.Request, limit, share, patience.Token).ConfigureAwait(false);
        }
        catch (InvalidDataException error)
        {
            throw new ServingException(ServingFault.InvalidRequest, "The body is not packed as its Content-Encoding says.", error);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            throw Late(context, budget.Patience);
        }
    }

    private static async ValueTask<ReadOnlyMemory<byte>> RentAsync(HttpRequest request, int limit, BodyShare share, CancellationToken cancellationToken)
    {
        // What a header claims is not allocated before as much has come.
        byte[] body = ArrayPool<byte>.Shared.Rent((int)Math.Min(request.ContentLength ?? FirstSize, LargestTrustedLength));
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

            share.Grow(read.Buffer.Length);
            if (total > body.Length)
            {
                body = Larger(body, length, (int)Math.Max(total, Math.Min(2L * body.Length, limit)));
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

    private static byte[] Larger(byte[] body, int length, int size)
    {
        byte[] larger = size <= LargestTrustedLength ? ArrayPool<byte>.Shared.Rent(size) : GC.AllocateUninitializedArray<byte>(size);
        body.AsSpan(0, length).CopyTo(larger);
        Return(body);
        return larger;
    }

    // Large ones are not kept: few requests have any.
    private static void Return(byte[] body)
    {
        if (body.Length <= LargestTrustedLength)
        {
            ArrayPool<byte>.Shared.Return(body);
        }
    }

    /// <summary>Refuses a body of another media type, or one packed in a way that the server does not know.</summary>
    /// <exception cref="ServingException">It is such a body.</exception>
    public static void RequireMediaType(HttpRequest request, string[] mediaTypes)
    {
        if (request.Headers.ContentEncoding is [{ Length: > 0 } encoding, ..])
        {
            throw new ServingException(ServingFault.UnsupportedMediaType, $"The server reads bodies packed by gzip, br or deflate, not by '{encoding}'.");
        }

        if (request.ContentType is { } given && !mediaTypes.Contains(given)
            && !(MediaTypeHeaderValue.TryParse(given, out MediaTypeHeaderValue? type) && Array.Exists(mediaTypes, media => type.MediaType.Equals(media, StringComparison.OrdinalIgnoreCase))))
        {
            throw new ServingException(ServingFault.UnsupportedMediaType, $"The server expects a body of {string.Join(" or ", mediaTypes)} but got '{given}'.");
        }
    }

    private static BadHttpRequestException Late(HttpContext context, TimeSpan patience)
    {
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            // What is left of the body is not waited for, so nothing can follow it.
            context.Response.Headers.Connection = "close";
        }

        return new BadHttpRequestException($"The body expects to come within {patience.TotalMilliseconds:0.###} ms but did not.", StatusCodes.Status408RequestTimeout);
    }

    private static ServingException TooLarge(int limit) => new(ServingFault.TooLarge, $"The server takes requests of at most {limit} bytes, after unpacking.");
}
