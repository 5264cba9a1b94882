# docker build -t kinebench . ; docker run --rm -v "$PWD:/data" kinebench run --help
FROM python:3.12-slim
# OpenSim's wheel needs OpenMP's and Fortran's run-time libraries
RUN apt-get update && apt-get install --no-install-recommends --yes libgomp1 libgfortran5 \
    && rm -rf /var/lib/apt/lists/*
COPY . /src
RUN python -m pip install --no-cache-dir /src && rm -rf /src && useradd --create-home kinebench
USER kinebench
WORKDIR /data
ENTRYPOINT ["kinebench"]
CMD ["--help"]
