using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Nabla.Serving.Http;
using Nabla.Serving.Tests.Hosts;

namespace Nabla.Serving.Tests.Faults;

public sealed class ErrorAnswersTests
{
    [Theory]
    [InlineData(true, 200)]
    [InlineData(false, 499)]
    public async Task A_caller_who_goes_away_is_no_error_whether_or_not_the_answer_has_begun(bool hasStarted, int status)
    {
        await using ServingHost host = await ServingHost.Start(TestModels.Flowers());
        using CancellationTokenSource gone = new();
        await gone.CancelAsync();
        DefaultHttpContext context = new() { RequestServices = host.Services, RequestAborted = gone.Token };
        context.Features.Set<IHttpResponseFeature>(new Response { HasStarted = hasStarted });
        await new ErrorAnswers(_ => throw new OperationCanceledException(), NullLogger<ErrorAnswers>.Instance).InvokeAsync(context);
        Assert.Equal(status, context.Response.StatusCode);
    }

    // As Kestrel's: what has been sent cannot be changed.
    private sealed class Response : IHttpResponseFeature
    {
        private int status = StatusCodes.Status200OK;

        public bool HasStarted { get; init; }

        public int StatusCode
        {
            get => status;
            set => status = HasStarted ? throw new InvalidOperationException("The response has already started.") : value;
        }

        public string? ReasonPhrase { get; set; }

        public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

        [Obsolete("Part of the interface.")]
        public Stream Body { get; set; } = Stream.Null;

        public void OnStarting(Func<object, Task> callback, object state)
        {
        }

        public void OnCompleted(Func<object, Task> callback, object state)
        {
        }
    }
}
